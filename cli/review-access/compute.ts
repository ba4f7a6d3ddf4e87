import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ReviewItem } from '../../core/access-review.ts';
import { readLine } from '../../core/evidence/ledger-line.ts';
import type { Period } from '../../core/evidence/period.ts';
import { verifyGrowth } from '../../core/ledger/verify-growth.ts';
import { foldUse, type UseFold } from '../../core/review-list/fold-use.ts';
import { makeItems } from '../../core/review-list/make-items.ts';
import { whoCould } from '../../core/review-list/who-could.ts';
import type { Log } from '../audit/log.ts';
import { logOfBroker } from '../audit/open-log.ts';
import type { Signed } from '../audit/same-log.ts';
import { verified } from '../audit/verify.ts';
import type { Broker } from '../broker/client.ts';
import { bundlesIn, keeping, stopIf } from '../evidence/copied-log.ts';
import { explainLine } from '../evidence/explain-line.ts';
import { wholeEntries } from '../evidence/whole-entries.ts';
import { Failure } from '../failure.ts';
import { tools } from '../policy/open-bundle.ts';
import { reviewPage } from './answers.ts';
import { deployedBundle } from './deployed-bundle.ts';

/** Makes the list of a review out of the ledger, which is verified first, and the bundle that was in force. */

export type Made = {
  readonly items: readonly ReviewItem[];
  readonly checkpoint: { readonly size: number; readonly root: string };
  readonly bundle: string;
  readonly file: string;
  /** The time of the latest entry; null for an empty ledger. */
  readonly knownUntil: string | null;
};

export type Wanted = {
  readonly period: Period;
  readonly entitlements: readonly string[] | null;
  /** The state of the log that the list of a review was made from; null for all that there is. */
  readonly pinned: { readonly size: number; readonly root: string } | null;
};

export async function computeItems(
  broker: Broker,
  wanted: Wanted,
  signal: AbortSignal,
): Promise<Made> {
  const { account, region } = await broker.get('/v1/audit/access-reviews?limit=1', reviewPage);
  const log = await logOfBroker(broker);
  const folder = mkdtempSync(join(tmpdir(), 'valetkey-review-'));
  try {
    const signed = await verified({ ...log, read: keeping(log.read, folder, signal) });
    const checkpoint = wanted.pinned ?? rootOf(signed);
    if (wanted.pinned !== null) await demandState(log, wanted.pinned, signed);
    const copy = entriesOf(folder, signed.checkpoint.size, checkpoint.size, signal);
    const { fold, knownUntil } = await folded(broker, log, copy, wanted.period);
    const { bundle, file } = await deployedBundle(broker, fold.deployed());
    const { language, analyst } = tools();
    const deployment = { account, region };
    const could = whoCould({ bundle, deployment, engineFor: language.engineFor, analyst });
    const items = makeItems({ bundle }, could, fold, wanted.entitlements);
    if (!items.ok) throw new Failure('failed', NO_ANSWER, 'Tell the authors of the bundle.');
    return { items: items.value, checkpoint, bundle: bundle.hash, file, knownUntil };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const NO_ANSWER =
  'A policy of the bundle cannot be evaluated, so nobody can say who could use what.';

function rootOf({ checkpoint: { size, root } }: Signed) {
  return { size, root: Buffer.from(root).toString('base64') };
}

/** @throws Failure unless the log began with exactly that. */
async function demandState(
  log: Log,
  { size, root }: { readonly size: number; readonly root: string },
  { checkpoint }: Signed,
): Promise<void> {
  const earlier = { size, root: Buffer.from(root, 'base64') };
  const grown = await verifyGrowth(log.read, earlier, checkpoint);
  if (grown.ok) return;
  throw new Failure(
    'failed',
    `The review says that it was made from ${size} entries of the ledger, but the ledger of ${log.place} never was in that state.`,
    'Do not sign it. Tell your security team, and start another review.',
  );
}

async function folded(
  broker: Broker,
  log: Log,
  entries: Iterable<Uint8Array>,
  period: Period,
): Promise<{ readonly fold: UseFold; readonly knownUntil: string | null }> {
  const fold = foldUse();
  const whole = wholeEntries(broker);
  let [index, knownUntil] = [0, null as string | null];
  for (const entry of entries) {
    const read = readLine(await whole(entry));
    if (!read.ok) throw explainLine(read.error, index, log.place);
    const { line } = read.value;
    const at = Date.parse(line.at);
    fold.add(line, at >= period.from && at < period.to);
    if (knownUntil === null || at > Date.parse(knownUntil)) knownUntil = line.at;
    index += 1;
  }
  return { fold, knownUntil };
}

/** The first entries of a copy of a log that has `size`. */
function* entriesOf(
  folder: string,
  size: number,
  count: number,
  signal: AbortSignal,
): Generator<Uint8Array> {
  let index = 0;
  for (const bundle of bundlesIn(folder, size)) {
    stopIf(signal);
    for (const entry of bundle) {
      if (index === count) return;
      yield entry;
      index += 1;
    }
  }
}
