import { existsSync, writeFileSync } from 'node:fs';
import type { ReviewItem } from '../../core/access-review.ts';
import { MOST_SENT } from '../../core/api/review-requests.ts';
import { type Period, periodOf } from '../../core/evidence/period.ts';
import { isUsed, reportText } from '../../core/review-list/report.ts';
import { itemsHash } from '../../core/reviewing/items-hash.ts';
import { entries } from '../audit/explain-fault.ts';
import type { Broker } from '../broker/client.ts';
import { Failure, UsageError } from '../failure.ts';
import { interruptible } from '../grants/interruption.ts';
import { reasonOf } from '../private-file.ts';
import { signedIn } from '../sign-in/bearer.ts';
import { count, type Terminal } from '../terminal.ts';
import { type ReviewAnswer, review as reviewAnswer } from './answers.ts';
import { computeItems, type Made } from './compute.ts';

/** `valetkey review-access start`: makes the list from the verified ledger, pins it, and writes the report. */

export type StartOptions = {
  readonly from: string;
  readonly to: string;
  readonly entitlement?: readonly string[];
  readonly out?: string;
  readonly broker?: string;
  readonly json: boolean;
};

export async function startReview(options: StartOptions, out: Terminal): Promise<void> {
  const period = periodOf(options.from, options.to);
  if (!period.ok) throw new UsageError(period.error, 'Write days such as 2026-10-01.');
  refuseExisting(options.out);
  const broker = signedIn(options.broker);
  const entitlements = options.entitlement ?? null;
  const wanted = { period: period.value, entitlements, pinned: null };
  const made = await interruptible(({ signal }) => computeItems(broker, wanted, signal));
  if (made.items.length === 0) throw nothingToReview(options);
  const started = await pin(broker, options, made);
  const file = options.out ?? `${started.id}.csv`;
  writeReport(file, reportText(made.items.map((item) => ({ item, decided: null }))));
  if (options.json) return out.json({ ok: true, report: file, review: started });
  show(started, made, period.value, file, out);
}

export function refuseExisting(file: string | undefined): void {
  if (file === undefined || !existsSync(file)) return;
  throw new UsageError(`${file} exists: nothing is overwritten.`, 'Name a new file with --out.');
}

export function writeReport(file: string, text: string): void {
  try {
    writeFileSync(file, text, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    throw new Failure(
      'failed',
      `Cannot write ${file}: ${reasonOf(error)}.`,
      'The review is there. Get its report: valetkey review-access list REVIEW --out FILE',
    );
  }
}

function nothingToReview({ entitlement }: StartOptions): Failure {
  return new Failure(
    'failed',
    'There is nothing to review: nobody could use these entitlements, and nobody did.',
    entitlement === undefined ? 'Check the policy bundle.' : 'Check the ids: valetkey list',
  );
}

async function pin(
  broker: Broker,
  {
    from,
    to,
    entitlement = null,
  }: Pick<StartOptions, 'from' | 'to'> & {
    readonly entitlement?: readonly string[] | null;
  },
  { items, checkpoint, bundle, file }: Made,
): Promise<ReviewAnswer> {
  const scope = { from, to, entitlements: entitlement, items: items.length, bundle, file };
  const body = { ...scope, listHash: itemsHash(items), checkpoint };
  let started = await broker.post('/v1/audit/access-reviews', body, reviewAnswer);
  for (const chunk of chunks(items)) {
    const path = `/v1/audit/access-reviews/${started.id}/items`;
    started = await broker.post(path, { items: chunk }, reviewAnswer);
  }
  return started;
}

/** The broker reads 16 KiB at a time. */
const MOST_BYTES = 14_000;

export function chunks(items: readonly ReviewItem[]): readonly (readonly ReviewItem[])[] {
  const made: ReviewItem[][] = [[]];
  let bytes = 0;
  for (const item of items) {
    const size = Buffer.byteLength(JSON.stringify(item)) + 1;
    const last = made.at(-1) ?? [];
    const fits = last.length < MOST_SENT && bytes + size <= MOST_BYTES;
    if (fits || last.length === 0) last.push(item);
    else made.push([item]);
    bytes = fits ? bytes + size : size;
  }
  return made;
}

function show(
  { id }: ReviewAnswer,
  { items, checkpoint, knownUntil }: Made,
  { firstDay, lastDay, to }: Period,
  file: string,
  out: Terminal,
): void {
  const known = items.filter(({ principal }) => principal !== null);
  const used = known.filter(isUsed).length;
  out.print(
    `${id} is ${out.paint('green', 'started')}: ${count(items.length, 'item')} of ${firstDay} to ${lastDay}, from ${entries(checkpoint.size)} of the ledger, all verified:`,
  );
  out.print(`  ${used} used their access`);
  out.print(`  ${known.length - used} could, and did not`);
  out.print(
    `  ${items.length - known.length} are policies that let in whom the broker does not know by name`,
  );
  if (knownUntil === null || Date.parse(knownUntil) < to) {
    out.print(`The ledger ends at ${knownUntil ?? 'its beginning'}, within the period.`);
  }
  out.print(
    `The report is ${file}. Write keep or remove and a reason into its last two columns, and then:`,
  );
  out.print(`  valetkey review-access decide ${id} --file ${file}`);
}
