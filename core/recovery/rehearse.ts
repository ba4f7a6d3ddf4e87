import { ok } from '../result.ts';
import type { RecoverPorts } from './recover-ports.ts';
import type { Recovery } from './recovery.ts';

/** Ports that write nothing: a recovery on them says what it would do. `before` is what the last call returned. */
export function rehearsal(ports: RecoverPorts, before: Recovery | null): RecoverPorts {
  const nothing = async () => ok(null);
  return {
    ...ports,
    store: { ...ports.store, update: nothing },
    principals: { ...ports.principals, give: nothing, settleGates: nothing },
    restore: { restore: nothing, events: nothing },
    recoveries: {
      read: async () => ok(before),
      write: nothing,
      keepRole: nothing,
      roles: async () => ok([]),
    },
    applied: { write: nothing },
    cutOff: async () => ok({ patterns: [], except: [] }),
    completePlaces: async () => ok(true),
    startWorkflow: async () => undefined,
    wakeKillSwitch: async () => undefined,
    holdQuarantine: async () => true,
    append: async () => true,
  };
}
