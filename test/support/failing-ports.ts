import type { Grant } from '../../core/grant.ts';
import type { VendPorts } from '../../core/grants/vend-credentials.ts';
import type { GrantStore, PolicyEngine } from '../../core/ports.ts';
import type { Principal } from '../../core/principal.ts';
import { err, ok } from '../../core/result.ts';
import { PERMIT_READ } from './bundles.ts';
import { person } from './memory-ports.ts';
import { NO_APPROVALS } from './sample-grants.ts';

/** Ports of which some part misbehaves, for tests of what the core makes of that. */

export const NO_STORE = { code: 'unavailable', what: 'store' } as const;
export const NO_POLICY = { code: 'unavailable', what: 'policy' } as const;

export function withStore(ports: VendPorts, changes: Partial<GrantStore>): VendPorts {
  return { ...ports, store: { ...ports.store, ...changes } };
}

export function withEngine(ports: VendPorts, changes: Partial<PolicyEngine>): VendPorts {
  return { ...ports, engine: { ...ports.engine, ...changes } };
}

/** A store that a call must not even reach. */
export function unusedStore(): GrantStore {
  const unused = async (): Promise<never> => {
    throw new Error('the store was used');
  };
  return {
    ...{ create: unused, recordVend: unused, update: unused, appendEvent: unused },
    ...{ find: unused, list: unused, history: unused, events: unused },
    ...{ overdueReview: unused, due: unused },
  };
}

/** An engine without an answer to one of the two questions. */
export function silentOn(action: 'request' | 'autoApprove'): Partial<PolicyEngine> {
  const permitted = { permitted: true, policies: [], advice: [] };
  return { ask: (asked) => (asked === action ? err(NO_POLICY) : ok(permitted)) };
}

/** What lets the group `auditors` see everybody's grants. */
export const PERMIT_AUDIT = `${PERMIT_READ}
@id("auditors-audit")
permit (
  principal in ValetKey::Group::"people:auditors",
  action == ValetKey::Action::"audit",
  resource == ValetKey::Broker::"broker"
);
`;

export const AUDITOR = person('zoe', ['auditors']);

export function grantOf(principal: Principal, changes: Partial<Grant> = {}): Grant {
  return {
    id: `gr_${'0'.repeat(20)}`,
    status: 'active',
    version: 1,
    requester: { type: principal.type, id: principal.id, name: principal.name },
    marks: [principal.id],
    principalKey: 'ana-0123456789abcdef',
    entitlement: 'read',
    definition: 'sha256:read',
    targetRole: 'arn:aws:iam::111122223333:role/read',
    chainedRoles: [],
    breakGlass: false,
    parameters: { prefix: 'a' },
    scope: null,
    justification: 'a test',
    ticket: null,
    job: null,
    sourceIp: '10.1.2.3',
    durationSeconds: 1800,
    createdAt: 0,
    startsAt: 0,
    expiresAt: 1_800_000,
    endedAt: null,
    endReason: null,
    keysValidUntil: null,
    kill: null,
    approvals: NO_APPROVALS,
    review: null,
    decision: { outcome: 'allow', policies: [], advice: [], bundle: 'sha256:b' },
    ...changes,
  };
}
