import { openRolesOf } from '../../core/grant.ts';
import { NOTHING_DENIED } from '../../core/kill/deny-policy.ts';
import { deniedGrantOf } from '../../core/kill/kill-order.ts';
import type { KillStore } from '../../core/kill/ports.ts';
import { ok } from '../../core/result.ts';
import { memoryFreezes } from './memory-freezes.ts';
import type { MemoryStore, SwitchItem } from './memory-store.ts';

/** The kill switch's part of the table in memory. */
export function memoryKillStore(table: MemoryStore): KillStore {
  const switchOf = (role: string): SwitchItem =>
    table.switches.get(role) ?? { confirmed: NOTHING_DENIED, writes: 0, wroteAt: 0 };
  return {
    denied: async (role) =>
      ok(
        [...table.grants.values()].flatMap((grant) => {
          const row = deniedGrantOf(grant, role);
          return row === null ? [] : [row];
        }),
      ),
    open: async (role) =>
      ok(
        [...table.grants.values()]
          .filter((grant) => openRolesOf(grant).includes(role))
          .map(({ id, principalKey }) => ({ grantId: id, principalKey })),
      ),
    cutoffOf: async (role) => ok(table.cutoffs.get(role) ?? null),
    cutOff: async (role, cutoff) => {
      const found = table.cutoffs.get(role);
      const stands = found !== undefined && found.at >= cutoff.at ? found : cutoff;
      table.cutoffs.set(role, stands);
      return ok(stands);
    },
    readSwitch: async (role) => {
      const { confirmed, writes, wroteAt, leaseUntil } = switchOf(role);
      return ok({ confirmed, writes, wroteAt, leased: leaseUntil !== undefined });
    },
    lease: async (role, holder, now, until) => {
      const state = switchOf(role);
      const free = state.leaseUntil === undefined || state.leaseUntil < now;
      if (!free && state.holder !== holder) return ok(false);
      table.switches.set(role, { ...state, holder, leaseUntil: until });
      return ok(true);
    },
    confirm: async (role, holder, confirmed) => {
      const state = switchOf(role);
      if (state.holder !== holder) return ok(false);
      table.switches.set(role, { ...state, ...confirmed });
      return ok(true);
    },
    release: async (role, holder) => {
      const { holder: current, leaseUntil: _, ...state } = switchOf(role);
      if (current === holder) table.switches.set(role, state);
      return ok(null);
    },
    noteUses: async (role, uses) => {
      table.uses.set(role, uses);
      return ok(null);
    },
    roles: async () => ok([...table.switches.keys()]),
    forget: async (role, holder) => {
      if (switchOf(role).holder !== holder) return ok(false);
      table.switches.delete(role);
      return ok(true);
    },
    ...memoryFreezes(table),
  };
}
