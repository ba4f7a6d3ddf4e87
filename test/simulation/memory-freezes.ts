import { freezeParts, thawParts } from '../../adapters/dynamodb/freezes.ts';
import { ENDING } from '../../adapters/dynamodb/retries.ts';
import { freezeKey } from '../../adapters/dynamodb/role-keys.ts';
import { nextHead } from '../../core/gates.ts';
import { type FreezeRows, freezesOn } from '../../core/kill/freezes.ts';
import { ok } from '../../core/result.ts';
import type { MemoryStore } from './memory-store.ts';

/** Frozen roles in the table in memory. */
export function memoryFreezes(table: MemoryStore): ReturnType<typeof freezesOn> {
  return freezesOn((role) => rowsOf(table, role));
}

function rowsOf({ freezes, gates, transactions }: MemoryStore, role: string): FreezeRows {
  const record = freezeKey(role);
  return {
    read: async () => ok({ record: freezes.get(role) ?? null, gates: gates.of(record) }),
    freeze: (freeze, found) =>
      transactions.write<boolean, never>(
        () => freezeParts('table', role, freeze, found),
        ENDING,
        () => {
          if (freeze.until !== null && freezes.get(role)?.until === null) return ok(false);
          if (!gates.putHead(record, nextHead(found.gates, true, freeze.until))) return ok(false);
          freezes.set(role, freeze);
          return ok(true);
        },
      ),
    thaw: (found) =>
      transactions.write<boolean, never>(
        () => thawParts('table', role, found),
        ENDING,
        () => {
          if (freezes.get(role)?.until != null) return ok(false);
          if (!gates.putHead(record, nextHead(found.gates, false, null))) return ok(false);
          freezes.delete(role);
          return ok(true);
        },
      ),
    gates: gates.ports(record),
  };
}
