import type { Grant } from '../../core/grant.ts';
import { extendGrant } from '../../core/grants/extend-grant.ts';
import { requestGrant } from '../../core/grants/request-grant.ts';
import type { Caller } from '../../core/principal.ts';
import { compiled, files, READ } from './bundles.ts';
import { ANA, CALL, callOf, person, REQUEST, type World } from './memory-ports.ts';

/** A bundle in which each authority over others' grants belongs to a group of its own. */

const permit = (id: string, group: string, action: string, resource: string, when = ''): string =>
  `@id("${id}")
permit (
  principal in ValetKey::Group::"people:${group}",
  action == ValetKey::Action::"${action}",
  resource${resource}
)${when};
`;

const BROKER = ' == ValetKey::Broker::"broker"';
const READ_ONLY = ' == ValetKey::Entitlement::"read"';

export const APPROVAL = `approval:
  required: 2
  denials: 2
  approvers: ['people:bosses']
  escalateTo: ['people:deputies']
  lapseAfter: 4h
`;

export const POLICIES = [
  permit('readers-request', 'readers', 'request', READ_ONLY),
  permit('tickets-suffice', 'readers', 'autoApprove', READ_ONLY, ' when { context has ticket }'),
  permit('auditors-audit', 'auditors', 'audit', BROKER),
  permit('admins-administer', 'admins', 'administer', BROKER),
  permit('revokers-revoke', 'revokers', 'revoke', ''),
  permit('reviewers-review', 'reviewers', 'review', ''),
].join('\n');

/** Requests wait for two approvals, unless they name a ticket. */
export const GOVERNED = compiled(
  files({ 'entitlements/read.yaml': `${READ}${APPROVAL}`, 'policies/read.cedar': POLICIES }),
);

export const ADMIN = person('ada', ['admins']);
export const REVOKER = person('ron', ['revokers']);
export const REVIEWER = person('ria', ['reviewers']);
export const BOSS = person('bo', ['bosses']);
export const OTHER_BOSS = person('cy', ['bosses']);
export const DEPUTY = person('dee', ['deputies']);
/** May request grants, like Ana, and sees nobody else's. */
export const STRANGER = person('eve');

type Request = Omit<typeof REQUEST, 'ticket'> & { readonly ticket: string | null };

/** A request as the broker stores it, changed as a test needs it; its making leaves no line in the logs. */
export async function storedIn(
  broker: World,
  caller: Caller,
  request: Request,
  changes: Partial<Grant> = {},
): Promise<Grant> {
  const asked = await requestGrant(broker.ports, callOf(caller), request);
  if (!asked.ok) throw new Error(asked.error.code);
  const grant = { ...asked.value, ...changes };
  broker.grants.set(grant.id, grant);
  broker.log.length = 0;
  broker.questions.length = 0;
  return grant;
}

/** A grant that is active at once. */
export function activeIn(
  broker: World,
  changes: Partial<Grant> = {},
  caller: Caller = ANA,
): Promise<Grant> {
  return storedIn(broker, caller, { ...REQUEST, ticket: 'OPS-1' }, changes);
}

/** A request that waits for its approvals. */
export function pendingIn(
  broker: World,
  changes: Partial<Grant> = {},
  caller: Caller = ANA,
): Promise<Grant> {
  return storedIn(broker, caller, REQUEST, changes);
}

/** An active grant with an extension to an hour that waits for two approvals. */
export async function extensionIn(
  broker: World,
  changes: Partial<Grant> = {},
  asked = { durationSeconds: 3600, justification: 'longer' },
): Promise<Grant> {
  const grant = await activeIn(broker, { ticket: null, ...changes });
  const extended = await extendGrant(broker.ports, callOf(ANA), grant.id, asked);
  if (!extended.ok) throw new Error(extended.error.code);
  broker.log.length = 0;
  broker.questions.length = 0;
  return extended.value;
}

/** The call with an `Idempotency-Key` of its caller's. */
export function keyed(caller: Caller, fingerprint = 'f') {
  const idempotency = { principal: caller.principal.id, key: 'k', fingerprint };
  return callOf(caller, { ...CALL, idempotency });
}
