import type { Bundle } from '../../core/bundle/bundle.ts';
import { compiled, files, ISSUERS } from '../support/bundles.ts';

/**
 * Two versions of one bundle: the second lacks a permission, an entitlement and a role of the first. Each with limits that
 * nobody meets, and with tight ones, which are tighter in the second.
 */

const entitlement = (id: string, role: string, more = ''): string => `id: ${id}
title: ${id}
risk: low
target: arn:aws:iam::{{account}}:role/${role}
maxDuration: 2h
justification: optional
statements:
  - { Effect: Allow, Action: 's3:GetObject', Resource: 'arn:aws:s3:::acme/*' }
${more}`;

const APPROVAL = `approval:
  required: 2
  approvers: ['people:approvers']
  remindAfter: 5m
  escalateAfter: 10m
  escalateTo: ['people:bosses']
  lapseAfter: 30m
  samePerson: [employee]
`;

const CODED = APPROVAL.replace('required: 2', 'required: 1').concat('  matchCode: true\n');

const CHAINED = `  - { Effect: Allow, Action: ['sts:AssumeRole', 'sts:SetSourceIdentity'], Resource: 'arn:aws:iam::{{account}}:role/chained' }
chainedRoles: ['arn:aws:iam::{{account}}:role/chained']
`;

const permit = (
  id: string,
  actions: readonly string[],
  on: string,
  longest = 7200,
): string => `@id("${id}")
permit (
  principal in ValetKey::Group::"people:users",
  action in [${actions.map((action) => `ValetKey::Action::"${action}"`).join(', ')}],
  resource == ValetKey::Entitlement::"${on}"
)
when { context.durationSeconds <= ${longest} };
`;

const POLICIES = [
  permit('free-is-free', ['request', 'autoApprove'], 'free'),
  permit('chained-is-free', ['request', 'autoApprove'], 'chained', 3600),
  permit('glass-may-break', ['request', 'autoApprove'], 'glass'),
  permit('asked-is-asked', ['request'], 'asked'),
  permit('coded-is-asked', ['request'], 'coded'),
  permit('known-may-be-asked', ['request'], 'known'),
  permit('known-is-free-later', ['autoApprove'], 'known').replace(
    '};\n',
    ' && !context.history.firstUse };\n',
  ),
];

const ADMIN = `@id("admins-administer")
permit (principal in ValetKey::Group::"people:admins", action, resource);
@id("users-review")
permit (principal in ValetKey::Group::"people:users", action == ValetKey::Action::"review", resource);
`;

const GLASS = entitlement('glass', 'glass', 'breakGlass: true\nreviewAfter: 1h\n');

const limits = (few: number, wait: string): string => `users:
  requestsPerMinute: ${2 * few}
  openRequests: ${few + 1}
  openRequestsPerEntitlement: ${few}
vendsPerMinute: ${few}
coolDown: { afterDenials: 2, wait: ${wait}, atMost: 20m }
entitlements:
  coded: { openRequestsPerEntitlement: ${few - 1} }
  chained: { vendsPerMinute: ${few + 1} }
`;

type Version = {
  readonly policies: readonly string[];
  readonly glass: string | null;
  readonly limits?: string;
};

export function bundleOf({ policies, glass, limits: tight }: Version): Bundle {
  return compiled(
    files({
      ...(tight !== undefined && { 'limits.yaml': tight }),
      'issuers.yaml': ISSUERS.replace(
        'mfa: { amr: [mfa] }',
        'mfa: { amr: [mfa] }, tags: [employee]',
      ),
      'entitlements/read.yaml': null,
      'entitlements/free.yaml': entitlement('free', 'shared'),
      'entitlements/asked.yaml': entitlement('asked', 'shared', APPROVAL),
      'entitlements/coded.yaml': entitlement('coded', 'shared', CODED),
      'entitlements/known.yaml': entitlement('known', 'shared', APPROVAL),
      'entitlements/chained.yaml': entitlement('chained', 'chain-start', CHAINED),
      'entitlements/glass.yaml': glass,
      'policies/read.cedar': [...policies, ADMIN].join('\n'),
    }),
  );
}

export const FIRST: Version = { policies: POLICIES, glass: GLASS };
/** Without the permit for `free`, and without the entitlement `glass`, whose role no other one names. */
const SECOND: Version = {
  policies: POLICIES.slice(1).filter((policy) => !policy.includes('glass')),
  glass: null,
};

export type Versions = { readonly before: Bundle; readonly after: Bundle };

export const ROOMY: Versions = { before: bundleOf(FIRST), after: bundleOf(SECOND) };
export const TIGHT: Versions = {
  before: bundleOf({ ...FIRST, limits: limits(4, '5m') }),
  after: bundleOf({ ...SECOND, limits: limits(3, '10m') }),
};
