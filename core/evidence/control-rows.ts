import { CONTROLS, FRAMEWORK_NAMES, type Framework } from './controls.ts';
import { type Row, row, type TableName } from './tables.ts';

export type Counts = Readonly<Record<TableName, number>>;

/** How many records are in what is no table. */
export type OtherCounts = { readonly ledger: number; readonly ocsf: number };

/** @param framework Null for all. */
export function controlRows(
  framework: Framework | null,
  counts: Counts,
  others: OtherCounts,
): readonly Row[] {
  const wanted = CONTROLS.filter((one) => framework === null || one.framework === framework);
  return wanted.flatMap((one) =>
    one.files.map((source) =>
      row('controls', {
        framework: FRAMEWORK_NAMES[one.framework],
        control: one.id,
        question: one.question,
        ...(source === 'ledger' || source === 'ocsf'
          ? { file: `${source}/`, rows: others[source] }
          : { file: `${source}.csv`, rows: counts[source] }),
      }),
    ),
  );
}
