import { type ReviewItem, VERDICTS } from '../access-review.ts';
import { err, ok, type Result } from '../result.ts';
import type { NewDecision } from '../reviewing/decide-items.ts';
import { isVisible, NO_CONTROL_CHARACTERS } from '../text.ts';
import { type CsvRecord, readCsv } from './read-csv.ts';

/** Reads the decisions that people wrote into a report: all of them, or what is wrong and where. */

const NEEDED = ['item', 'entitlement', 'principal', 'decision', 'reason'] as const;
type Column = (typeof NEEDED)[number];
type Fields = Readonly<Record<Column, string>>;

export const LONGEST_REASON = 500;

/** Rows without a decision and a reason are passed over. */
export function readDecisions(
  text: string,
  items: readonly ReviewItem[],
): Result<readonly NewDecision[], readonly string[]> {
  const records = readCsv(text);
  if (!records.ok) return err([records.error]);
  const [head, ...rows] = records.value;
  if (head === undefined) return err(['it is empty']);
  const columns = head.cells.map((cell) => cell.trim());
  const missing = NEEDED.filter((column) => columns.indexOf(column) < 0);
  if (missing.length > 0) {
    return err([
      `its first line has no column ${missing.join(', ')}; use the report of the review`,
    ]);
  }
  const mistakes: string[] = [];
  const decisions: NewDecision[] = [];
  for (const row of rows) {
    const fields = fieldsOf(row, columns);
    if (fields.decision === '' && fields.reason === '') continue;
    const read = decisionIn(fields, items);
    const twice = read.ok && decisions.some(({ item }) => item === read.value.item);
    if (!read.ok) mistakes.push(`line ${row.line}: ${read.error}`);
    else if (twice) mistakes.push(`line ${row.line}: item ${read.value.item} is there twice`);
    else decisions.push(read.value);
  }
  if (mistakes.length > 0) return err(mistakes);
  return decisions.length === 0 ? err([NOTHING]) : ok(decisions);
}

const NOTHING =
  'no row has a decision; write keep or remove, and a reason, into its last two columns';

function fieldsOf({ cells }: CsvRecord, columns: readonly string[]): Fields {
  const fields = NEEDED.map((column) => [column, (cells[columns.indexOf(column)] ?? '').trim()]);
  return Object.fromEntries(fields) as Fields;
}

function decisionIn(
  { item: number, entitlement, principal, decision, reason }: Fields,
  items: readonly ReviewItem[],
): Result<NewDecision, string> {
  const item = items.find((one) => String(one.item) === number);
  if (item === undefined) return err(`the review has no item "${number}"`);
  const whose = item.principal?.id ?? '';
  if (entitlement !== item.entitlement || !isSameText(principal, whose)) {
    const is = `${item.principal?.id ?? item.members} for ${item.entitlement}`;
    return err(`item ${number} of this review is ${is}: the file is of another review`);
  }
  const wanted = VERDICTS.find((verdict) => verdict === decision.toLowerCase());
  if (wanted === undefined) return err(`the decision is "${decision}"; write keep or remove`);
  const mistake = mistakeInReason(reason);
  return mistake === null ? ok({ item: item.item, decision: wanted, reason }) : err(mistake);
}

/** What begins a formula has a `'` before it in the report, which a spreadsheet may take away. */
function isSameText(cell: string, text: string): boolean {
  return cell === text.trim() || cell === `'${text}`.trim();
}

/** @returns null for a reason that the broker takes. */
export function mistakeInReason(reason: string): string | null {
  if (!isVisible(reason)) return 'the reason is missing';
  if (reason.length > LONGEST_REASON) {
    return `the reason has ${reason.length} characters; write at most ${LONGEST_REASON}`;
  }
  return NO_CONTROL_CHARACTERS.test(reason)
    ? null
    : 'the reason has a line break or a control character';
}
