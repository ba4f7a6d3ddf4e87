import { CONTROLS, FRAMEWORK_NAMES, type Framework } from './controls.ts';
import { type Row, row, type TableName } from './tables.ts';

/** @param framework Null for all. */
export function controlRows(
  framework: Framework | null,
  counts: Readonly<Record<TableName, number>>,
  entries: number,
): readonly Row[] {
  const wanted = CONTROLS.filter((one) => framework === null || one.framework === framework);
  return wanted.flatMap((one) =>
    one.files.map((source) =>
      row('controls', {
        framework: FRAMEWORK_NAMES[one.framework],
        control: one.id,
        question: one.question,
        file: source === 'ledger' ? 'ledger/' : `${source}.csv`,
        rows: source === 'ledger' ? entries : counts[source],
      }),
    ),
  );
}
