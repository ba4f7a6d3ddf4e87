import { csvRecord } from '../../../core/evidence/csv.ts';
import type { DecisionPage } from '../../api/types.ts';
import type { Download } from '../../lists/use-download.ts';

type Recorded = DecisionPage['decisions'][number];

const COLUMNS: readonly (readonly [string, (recorded: Recorded) => string])[] = [
  ['at', ({ at }) => at],
  ['grantId', ({ grantId }) => grantId],
  ['entitlement', ({ entitlement }) => entitlement],
  ['outcome', ({ decision }) => decision.outcome],
  ['policies', ({ decision }) => decision.policies.join(' ')],
  ['advice', ({ decision }) => decision.advice.join(' ')],
  ['bundle', ({ decision }) => decision.bundle],
  ['principal', (recorded) => principalOf(recorded).id],
  ['name', (recorded) => principalOf(recorded).name],
  ['inputs', ({ inputs }) => JSON.stringify(inputs)],
];

/** Who asked, as it is recorded. */
export function principalOf({ inputs }: Recorded): { readonly id: string; readonly name: string } {
  const { id, name } = (inputs['principal'] ?? {}) as Readonly<Record<string, unknown>>;
  return { id: String(id ?? ''), name: String(name ?? id ?? '') };
}

export const DECISIONS_CSV: Download<DecisionPage> = {
  ...{ format: 'CSV', file: 'decisions.csv', type: 'text/csv;charset=utf-8' },
  head: csvRecord(COLUMNS.map(([name]) => name)),
  linesOf: ({ decisions }) =>
    decisions.map((recorded) => csvRecord(COLUMNS.map(([, cellOf]) => cellOf(recorded)))),
};

/** A decision a line, as `GET /v1/decisions` answers to `Accept: application/jsonl`. */
export const DECISIONS_LINES: Download<DecisionPage> = {
  ...{ format: 'JSON lines', file: 'decisions.jsonl', type: 'application/jsonl', head: '' },
  linesOf: ({ decisions }) => decisions.map((recorded) => `${JSON.stringify(recorded)}\n`),
};
