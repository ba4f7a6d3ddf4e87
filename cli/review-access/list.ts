import { linesToChange, reportText, unnamed, usageText } from '../../core/review-list/report.ts';
import { signedIn } from '../sign-in/bearer.ts';
import { count, plain, type Terminal } from '../terminal.ts';
import type { ItemAnswer, ReviewAnswer } from './answers.ts';
import { allReviews, wholeReview } from './read-review.ts';
import { refuseExisting, writeReport } from './start.ts';

/** `valetkey review-access list`: all reviews, or one with what nobody has decided on. */

export type ListOptions = {
  readonly out?: string;
  readonly broker?: string;
  readonly json: boolean;
};

export async function listReviews(
  id: string | undefined,
  options: ListOptions,
  out: Terminal,
): Promise<void> {
  const broker = signedIn(options.broker);
  if (id === undefined) {
    const found = await allReviews(broker);
    if (options.json) return out.json(found);
    if (found.length === 0) out.print('There is no access review yet.');
    for (const review of found) out.print(headOf(review));
    return;
  }
  refuseExisting(options.out);
  const { review, items } = await wholeReview(broker, id);
  if (options.out !== undefined) writeReport(options.out, reportText(items));
  if (options.json) return out.json({ review, items });
  showReview(review, items, out);
  if (options.out !== undefined) out.print(`The report is ${options.out}.`);
}

function headOf({ id, from, to, status, decided, items, startedBy, signed }: ReviewAnswer): string {
  const by = signed === null ? '' : `, signed by ${signed.by.name} ${signed.at}`;
  const done = `${decided} of ${items} decided`;
  return plain(`${id}  ${from} to ${to}  ${status}  ${done}, started by ${startedBy.name}${by}`);
}

function showReview(review: ReviewAnswer, items: readonly ItemAnswer[], out: Terminal): void {
  out.print(headOf(review));
  const removed = items.filter(({ decided }) => decided?.decision === 'remove');
  if (removed.length > 0) out.print(`${count(removed.length, 'item')} to remove:`);
  for (const { item, decided } of removed) {
    out.print(plain(`  ${itemText(item)}: ${decided?.reason ?? ''}`));
    out.print(plain(`      to change: ${linesToChange(item)}`));
  }
  const open = items.filter(({ decided }) => decided === null);
  if (open.length > 0) out.print(`${count(open.length, 'item')} without a decision:`);
  for (const { item } of open) out.print(plain(`  ${itemText(item)}`));
}

function itemText(item: ItemAnswer['item']): string {
  const { item: number, entitlement, principal, vends, could, lastUse } = item;
  const start = `${number}  ${entitlement}`;
  if (principal === null) return `${start}  ${unnamed(item)}`;
  const used = vends === 0 ? 'no keys in the period' : `keys ${count(vends, 'time')}`;
  const last = lastUse === null ? 'never used' : `last ${lastUse}`;
  const usage = usageText(item);
  const past = could ? '' : ', could use it no more';
  return `${start}  ${principal.name} (${principal.id}): ${used}, ${last}${usage === null ? '' : `, ${usage}`}${past}`;
}
