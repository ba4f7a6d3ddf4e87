import { type ReviewItem, VERDICTS } from '../../core/access-review.ts';
import { mistakeInReason, readDecisions } from '../../core/review-list/read-decisions.ts';
import { MOST_DECISIONS, type NewDecision } from '../../core/reviewing/decide-items.ts';
import { whoami } from '../broker/answers.ts';
import type { Broker } from '../broker/client.ts';
import { UsageError } from '../failure.ts';
import { notes } from '../notes.ts';
import { readText } from '../policy/explain.ts';
import { signedIn } from '../sign-in/bearer.ts';
import { count, plain, type Terminal } from '../terminal.ts';
import { type ItemAnswer, type ReviewAnswer, review as reviewAnswer } from './answers.ts';
import { type WholeReview, wholeReview } from './read-review.ts';

/** `valetkey review-access decide`: what people wrote into the report, or one decision on some items. */

export type DecideOptions = {
  readonly file?: string;
  readonly item?: readonly number[];
  readonly entitlement?: string;
  readonly reason?: string;
  readonly broker?: string;
  readonly json: boolean;
};

export async function decideItems(
  id: string,
  verdict: string | undefined,
  options: DecideOptions,
  out: Terminal,
): Promise<void> {
  refuseMix(verdict, options);
  const broker = signedIn(options.broker);
  const whole = await wholeReview(broker, id);
  const own = ownItems(whole.items, (await broker.get('/v1/whoami', whoami)).id);
  const { decisions, leftOut } = chosen(verdict, options, whole, own);
  const review = await send(broker, id, batches(decisions, whole.items));
  if (options.json) return out.json({ ok: true, recorded: decisions.length, review });
  const left = review.items - review.decided;
  out.print(`${count(decisions.length, 'decision')} ${out.paint('green', 'recorded')}.`);
  if (leftOut.length > 0) {
    out.print(`Left out, because it is your own access: ${numbered(leftOut)}.`);
  }
  out.print(
    left > 0
      ? `${count(left, 'item')} of ${review.items} without a decision: valetkey review-access list ${id}`
      : `Every item is decided. Somebody who had no part in it signs: valetkey review-access sign ${id} --comment TEXT`,
  );
}

function refuseMix(verdict: string | undefined, options: DecideOptions): void {
  const { file, item, entitlement, reason } = options;
  const ways = [file, item, entitlement].filter((way) => way !== undefined).length;
  if (ways !== 1) throw new UsageError('Say what to decide on: --file, --item or --entitlement.');
  if (file !== undefined && (verdict !== undefined || reason !== undefined)) {
    throw new UsageError('With --file the decisions and reasons are those in the file.');
  }
  if (file !== undefined) return;
  if (!VERDICTS.some((known) => known === verdict)) {
    throw new UsageError(
      'Say keep or remove.',
      'For example: … decide ar_… keep --item 7 --reason TEXT',
    );
  }
  const mistake = mistakeInReason(reason ?? '');
  if (mistake !== null) throw new UsageError(`Write --reason TEXT: ${mistake}.`);
}

function ownItems(items: readonly ItemAnswer[], me: string): readonly number[] {
  return items.flatMap(({ item }) => (item.marks.includes(me) ? [item.item] : []));
}

type Chosen = { readonly decisions: readonly NewDecision[]; readonly leftOut: readonly number[] };

function chosen(
  verdict: string | undefined,
  options: DecideOptions,
  whole: WholeReview,
  own: readonly number[],
): Chosen {
  const { file, item, entitlement, reason = '' } = options;
  const decision = verdict === 'remove' ? 'remove' : 'keep';
  if (entitlement !== undefined) {
    const open = whole.items.filter((one) => one.item.entitlement === entitlement);
    const numbers = open.filter(({ decided }) => decided === null).map((one) => one.item.item);
    const wanted = numbers.filter((number) => !own.includes(number));
    if (wanted.length === 0) throw nothingOf(entitlement, open.length > 0);
    const decisions = wanted.map((number) => ({ item: number, decision, reason }) as const);
    return { decisions, leftOut: numbers.filter((number) => own.includes(number)) };
  }
  const decisions =
    file === undefined
      ? (item ?? []).map((number) => ({ item: number, decision, reason }) as const)
      : inFile(file, whole);
  const mine = decisions.map((one) => one.item).filter((number) => own.includes(number));
  if (mine.length > 0) {
    throw new UsageError(
      `You cannot decide on your own access: ${numbered(mine)}. Nothing was recorded.`,
      'Leave it to somebody else.',
    );
  }
  return { decisions, leftOut: [] };
}

function inFile(file: string, { items }: WholeReview): readonly NewDecision[] {
  const read = readDecisions(
    readText(file),
    items.map(({ item }) => item),
  );
  if (read.ok) return read.value;
  const mistakes = read.error.map((mistake) => plain(`  ${file}: ${mistake}`));
  throw new UsageError(`Nothing was recorded:\n${mistakes.join('\n')}`, 'Correct the file.');
}

function nothingOf(entitlement: string, known: boolean): UsageError {
  return new UsageError(
    known
      ? `No item of ${entitlement} waits for a decision of yours.`
      : `The review has no item of "${entitlement}".`,
    'See what is undecided: valetkey review-access list REVIEW',
  );
}

/** The broker records so much in one entry of the ledger, less what every entry has. */
const MOST_BYTES = 10_000;

async function send(
  broker: Broker,
  id: string,
  sending: readonly (readonly NewDecision[])[],
): Promise<ReviewAnswer> {
  let last: ReviewAnswer | null = null;
  let sent = 0;
  try {
    for (const some of sending) {
      const path = `/v1/audit/access-reviews/${id}/decisions`;
      last = await broker.post(path, { decisions: some }, reviewAnswer);
      sent += some.length;
    }
  } catch (error) {
    if (sent > 0) {
      notes.print(
        `${sent} of ${sending.flat().length} decisions are recorded. To go on, decide again: the same decision may be recorded twice.`,
      );
    }
    throw error;
  }
  if (last === null) throw new Error('there is always a decision');
  return last;
}

export function batches(
  decisions: readonly NewDecision[],
  items: readonly { readonly item: ReviewItem }[],
): readonly (readonly NewDecision[])[] {
  const known = new Map(items.map(({ item }) => [item.item, item]));
  const made: NewDecision[][] = [];
  let bytes = 0;
  for (const decision of decisions) {
    const size = recordedSize(decision, known.get(decision.item));
    const last = made.at(-1);
    const fits = last !== undefined && last.length < MOST_DECISIONS && bytes + size <= MOST_BYTES;
    if (fits) last.push(decision);
    else made.push([decision]);
    bytes = fits ? bytes + size : size;
  }
  return made;
}

/** What the record of a decision has beside its own names. */
function recordedSize(decision: NewDecision, item: ReviewItem | undefined): number {
  const { entitlement, principal, lines } = item ?? {};
  const policies = lines?.map(({ policy }) => policy);
  const recorded = { ...decision, entitlement, principal: principal?.id, policies };
  return Buffer.byteLength(JSON.stringify(recorded)) + 1;
}

function numbered(items: readonly number[]): string {
  return `${items.length === 1 ? 'item' : 'items'} ${items.join(', ')}`;
}
