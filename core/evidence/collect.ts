import { ok, type Result } from '../result.ts';
import { type BundlesInForce, bundlesInForce } from './bundles-in-force.ts';
import { ofGrant, placeOf, rowsOf } from './event-rows.ts';
import { finalRows } from './final-rows.ts';
import { type GrantFacts, overAt } from './grant-facts.ts';
import {
  isOfGrant,
  type LedgerLine,
  type LineFault,
  type ReadLine,
  type Requester,
  readLine,
} from './ledger-line.ts';
import { openGrants } from './open-grants.ts';
import type { Period } from './period.ts';
import { principalUse } from './principal-use.ts';
import { reviewRows } from './review-rows.ts';
import type { Sample } from './sample.ts';
import { type Row, row } from './tables.ts';

/** Makes the rows of an export out of the entries of a ledger, in one pass over all of them in their order. */

/** What the counts follow from: the entries of the ledger, by their time. */
export type Coverage = {
  readonly before: number;
  readonly within: number;
  readonly after: number;
  /** The places of the first and the last entry of the period; null without any. */
  readonly first: number | null;
  readonly last: number | null;
  /** The latest time of all entries; null without any. */
  readonly knownUntil: string | null;
};

/** What one entry adds to an export. */
export type Taken = {
  readonly rows: readonly Row[];
  /** The event, if it is of the period. */
  readonly event: PeriodEvent | null;
};

export type PeriodEvent = {
  readonly event: ReadLine['event'];
  /** Of the grant that it is about; null where that is not known, or it is about none. */
  readonly requester: Requester | null;
};

export type Collector = {
  readonly take: (entry: Uint8Array, index: number) => Result<Taken, LineFault>;
  /** The rows of what is still open, after the last entry. */
  readonly end: () => readonly Row[];
  readonly coverage: () => Coverage;
  readonly bundles: () => BundlesInForce;
};

/**
 * What happened after the period is passed over, so that an export of a past period is the same whenever it is made.
 * It keeps only the grants that are open, and those that ended within an hour.
 */
export function collect(period: Period, sample: Sample): Collector {
  const grants = openGrants();
  const principals = principalUse();
  const inForce = bundlesInForce();
  const reviews = reviewRows();
  const seen = {
    ...{ before: 0, within: 0, after: 0 },
    first: null as number | null,
    last: null as number | null,
    knownUntil: null as string | null,
  };
  const close = (facts: GrantFacts): readonly Row[] => {
    const over = overAt(facts);
    if (over !== null && Date.parse(over) < period.from) return [];
    sample.offer(facts.id, facts.entries);
    return finalRows(facts, Math.min(Date.parse(seen.knownUntil ?? ''), period.to));
  };
  const rowsWithin = (line: LedgerLine, index: number, grant: GrantFacts | null): Row[] => {
    seen.within += 1;
    seen.first ??= index;
    seen.last = index;
    return [...inForce.within(line), ...rowsOf(line, index, grant), ...late(line, index, grant)];
  };
  return {
    take: (entry, index) => {
      const read = readLine(entry);
      if (!read.ok) return read;
      const { line, event } = read.value;
      const at = Date.parse(line.at);
      if (seen.knownUntil === null || at > Date.parse(seen.knownUntil)) seen.knownUntil = line.at;
      if (at >= period.to) {
        seen.after += 1;
        return ok({ rows: [], event: null });
      }
      const within = at >= period.from;
      principals.add(line, within);
      reviews.add(line, index, within);
      const grant = isOfGrant(line) ? grants.add(line, index) : null;
      const over = grants.over(at).flatMap(close);
      if (within) {
        const rows = [...rowsWithin(line, index, grant), ...over];
        const requester = grant?.requested.inputs.principal ?? null;
        return ok({ rows, event: { event, requester } });
      }
      seen.before += 1;
      inForce.before(line, index);
      return ok({ rows: over, event: null });
    },
    end: () => [
      ...inForce.atStart(),
      ...grants.rest().flatMap(close),
      ...principals.rows(),
      ...reviews.rows(),
    ],
    coverage: () => ({ ...seen }),
    bundles: inForce.all,
  };
}

/** An event whose grant's request is not in the ledger, or that came long after the end of its grant, as usage always does. */
function late(line: LedgerLine, index: number, grant: GrantFacts | null): readonly Row[] {
  if (!isOfGrant(line) || grant !== null || line.type === 'usage-read') return [];
  const what = { kind: 'late-event', detail: line.type };
  return [row('exceptions', { ...placeOf(line, index), ...ofGrant(line, null), ...what })];
}
