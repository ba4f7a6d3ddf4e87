import type { Unavailable } from '../failure.ts';
import { type GatePorts, type Gates, settleGates } from '../gates.ts';
import { err, ok, type Result } from '../result.ts';
import type { Freeze, KillStore } from './ports.ts';

/** A role's freeze as the store has it: the record, and the gates that vends check. */
export type FreezeState = { readonly record: Freeze | null; readonly gates: Gates };

/** The rows of one role's freeze. Writes are transactions of the record with the head of the gates. */
export type FreezeRows = {
  /** Strongly consistent. */
  readonly read: () => Promise<Result<FreezeState, Unavailable>>;
  /** False if another freeze or thaw was faster, or a freeze without end would get one. */
  readonly freeze: (freeze: Freeze, found: FreezeState) => Promise<Result<boolean, Unavailable>>;
  /** False if another freeze or thaw was faster, or the freeze has an end. */
  readonly thaw: (found: FreezeState) => Promise<Result<boolean, Unavailable>>;
  readonly gates: GatePorts;
};

/** This many freezes and thaws of one role do not race each other. */
const ATTEMPTS = 10;

type Freezes = Pick<KillStore, 'freeze' | 'thaw' | 'freezeOf' | 'completeFreeze'>;

/**
 * Freezes and thaws roles. The record is written first and then each gate; whoever stops in between leaves a
 * role that counts as frozen, so that the sweep finds it and the next freeze or thaw completes the gates.
 */
export function freezesOn(rowsOf: (role: string) => FreezeRows): Freezes {
  return {
    freeze: (role, freeze) =>
      change(rowsOf(role), (rows, found) => {
        const wanted = lasting(found, freeze);
        return stands(found, wanted) ? null : rows.freeze(wanted, found);
      }),
    thaw: (role) =>
      change(rowsOf(role), (rows, found) => {
        const { record, gates } = found;
        if (record === null ? isThawed(gates) : record.until !== null) return null;
        return rows.thaw(found);
      }),
    completeFreeze: async (role) => {
      let standing: Freeze | null = null;
      const done = await change(rowsOf(role), (rows, found) => {
        const { record, gates } = found;
        standing = record === null && isThawed(gates) ? null : freezeIn(found);
        return record === null || stands(found, record) ? null : rows.freeze(record, found);
      });
      return done.ok ? ok(standing) : done;
    },
    freezeOf: async (role) => {
      const found = await rowsOf(role).read();
      return found.ok ? ok(freezeIn(found.value)) : found;
    },
  };
}

/** Reads, writes the record unless it is as it should be, and makes the gates follow it. */
async function change(
  rows: FreezeRows,
  write: (rows: FreezeRows, found: FreezeState) => Promise<Result<boolean, Unavailable>> | null,
): Promise<Result<null, Unavailable>> {
  for (let attempt = 1; ; attempt += 1) {
    const found = await rows.read();
    if (!found.ok) return found;
    const written = await write(rows, found.value);
    if (written?.ok === false) return written;
    if (written === null || written.value) return settleGates(rows.gates);
    if (attempt === ATTEMPTS) return err({ code: 'unavailable', what: 'store' });
  }
}

/** A freeze with an end never replaces one without. */
function lasting({ record }: FreezeState, freeze: Freeze): Freeze {
  return record !== null && record.until === null && freeze.until !== null ? record : freeze;
}

function stands({ record, gates }: FreezeState, { until, reason }: Freeze): boolean {
  const recorded = record !== null && record.until === until && record.reason === reason;
  return recorded && gates.head?.closed === true && gates.head.until === until;
}

/** The last order opened the gates, or there was none and none is closed. */
function isThawed({ head, gates }: Gates): boolean {
  return head === null ? [...gates.values()].every((gate) => !gate.closed) : !head.closed;
}

/** The record, or a gate that stayed closed although the record has gone. */
function freezeIn({ record, gates }: FreezeState): Freeze | null {
  if (record !== null) return record;
  const closed = [...gates.gates.values()].filter((gate) => gate.closed);
  const [first] = closed;
  if (first === undefined) return null;
  const ends = closed.every(({ until }) => until !== null);
  return { until: ends ? first.until : null, reason: 'the last thaw did not finish' };
}
