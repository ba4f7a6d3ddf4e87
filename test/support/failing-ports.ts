import type { VotePorts } from '../../core/grants/complete-quorum.ts';
import type { VendPorts } from '../../core/grants/vend-credentials.ts';
import type { GrantStore, PolicyEngine } from '../../core/ports.ts';
import { err, ok } from '../../core/result.ts';

/**
 * Ports with a part that fails or must not be used, made from working ones: `withStore`,
 * `withEngine`, `silentOn`, `unusedStore`. `NO_STORE` and `NO_POLICY` are the errors they fail
 * with.
 */

export const NO_STORE = { code: 'unavailable', what: 'store' } as const;
export const NO_POLICY = { code: 'unavailable', what: 'policy' } as const;

type AllPorts = VendPorts & VotePorts;

export function withStore(ports: AllPorts, changes: Partial<GrantStore>): AllPorts {
  return { ...ports, store: { ...ports.store, ...changes } };
}

export function withEngine(ports: AllPorts, changes: Partial<PolicyEngine>): AllPorts {
  return { ...ports, engine: { ...ports.engine, ...changes } };
}

/** A store whose use fails the test. */
export function unusedStore(): GrantStore {
  const unused = async (): Promise<never> => {
    throw new Error('the store was used');
  };
  return {
    create: unused,
    recordVend: unused,
    update: unused,
    appendEvent: unused,
    find: unused,
    list: unused,
    history: unused,
    signalPast: unused,
    votesOf: unused,
    asked: unused,
    recordDenial: unused,
    usedKey: unused,
    events: unused,
    requestedEvent: unused,
    overdueReview: unused,
    due: unused,
    completeLists: unused,
  };
}

/** An engine that fails on one of the two questions and permits the other. */
export function silentOn(action: 'request' | 'autoApprove'): Partial<PolicyEngine> {
  const permitted = { permitted: true, policies: [], advice: [] };
  return { ask: (asked) => (asked === action ? err(NO_POLICY) : ok(permitted)) };
}
