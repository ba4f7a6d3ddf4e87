import { periodOf } from '../../core/evidence/period.ts';
import { mistakeInReason } from '../../core/review-list/read-decisions.ts';
import { itemsHash } from '../../core/reviewing/items-hash.ts';
import type { Broker } from '../broker/client.ts';
import { Failure, UsageError } from '../failure.ts';
import { interruptible } from '../grants/interruption.ts';
import { signedIn } from '../sign-in/bearer.ts';
import { count, plain, type Terminal } from '../terminal.ts';
import { type ReviewAnswer, review as reviewAnswer } from './answers.ts';
import { computeItems } from './compute.ts';
import { wholeReview } from './read-review.ts';

/** `valetkey review-access sign`: makes the list again from the ledger, and signs only if it is the same. */

export type SignOptions = {
  readonly comment: string;
  readonly broker?: string;
  readonly json: boolean;
};

export async function signReview(id: string, options: SignOptions, out: Terminal): Promise<void> {
  const mistake = mistakeInReason(options.comment);
  if (mistake !== null) {
    throw new UsageError(`Write --comment TEXT: ${mistake.replace('reason', 'comment')}.`);
  }
  const broker = signedIn(options.broker);
  const { review, items } = await wholeReview(broker, id);
  await interruptible(({ signal }) => demandSameList(broker, review, signal));
  const { listHash } = review;
  const path = `/v1/audit/access-reviews/${id}/sign`;
  const signed = await broker.post(path, { listHash, comment: options.comment }, reviewAnswer);
  if (options.json) return out.json({ ok: true, review: signed });
  const removed = items.filter(({ decided }) => decided?.decision === 'remove').length;
  out.print(
    plain(`${id} is signed: ${count(items.length - removed, 'item')} kept, ${removed} to remove.`),
  );
  out.print('The list is the one that follows from the ledger, made again on this machine.');
  if (removed > 0) {
    out.print(`What to change in the policy bundle: valetkey review-access list ${id}`);
  }
}

/** @throws Failure where something was left out of the list or added to it. */
async function demandSameList(
  broker: Broker,
  { from, to, entitlements, checkpoint: pinned, listHash, file }: ReviewAnswer,
  signal: AbortSignal,
): Promise<void> {
  const period = periodOf(from, to);
  if (!period.ok) throw new Failure('failed', period.error, 'Update valetkey.');
  const wanted = { period: period.value, entitlements, pinned };
  const made = await computeItems(broker, wanted, signal);
  if (itemsHash(made.items) === listHash && made.file === file) return;
  throw new Failure(
    'failed',
    'The list of this review is not the one that follows from the ledger. Nothing was signed.',
    'It was made by another version of valetkey, or somebody changed it: start another review with your version, and compare.',
  );
}
