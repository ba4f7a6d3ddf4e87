import type { Bundle } from '../../core/bundle/bundle.ts';
import { compiled, files, ISSUERS } from '../support/bundles.ts';

/** Two versions of one bundle: the second lacks a permission, an entitlement and a role of the first. */

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

function bundleWith(policies: readonly string[], glass: string | null): Bundle {
  return compiled(
    files({
      'issuers.yaml': ISSUERS.replace(
        'mfa: { amr: [mfa] }',
        'mfa: { amr: [mfa] }, tags: [employee]',
      ),
      'entitlements/read.yaml': null,
      'entitlements/free.yaml': entitlement('free', 'shared'),
      'entitlements/asked.yaml': entitlement('asked', 'shared', APPROVAL),
      'entitlements/known.yaml': entitlement('known', 'shared', APPROVAL),
      'entitlements/chained.yaml': entitlement('chained', 'chain-start', CHAINED),
      'entitlements/glass.yaml': glass,
      'policies/read.cedar': [...policies, ADMIN].join('\n'),
    }),
  );
}

export const BEFORE = bundleWith(POLICIES, GLASS);
/** Without the permit for `free`, and without the entitlement `glass`, whose role no other one names. */
export const AFTER = bundleWith(
  POLICIES.slice(1).filter((policy) => !policy.includes('glass')),
  null,
);
