import { parseVerifierKey } from '../../core/signed-note.ts';
import { chosenBroker } from '../broker/brokers.ts';
import { Failure, UsageError } from '../failure.ts';
import { plain } from '../terminal.ts';
import { type LedgerKey, ledgerOf, type SaidLedger } from './ledger-of.ts';
import { type SeenLog, seenLog, seenLogOf } from './seen-logs.ts';

/** Which key a log must be signed with, and what was seen of it before. */
export type KnownLog = LedgerKey & { readonly before: SeenLog | null };

/** @throws UsageError if it is no key. */
export function givenKey(vkey: string): KnownLog {
  const key = parseVerifierKey(vkey.trim());
  if (key !== null) return { key, vkey: vkey.trim(), before: seenLog(key.name) };
  throw new UsageError(
    '--key is not the key of a ledger.',
    'It is one line, NAME+HASH+KEY, as `valetkey audit key` prints it.',
  );
}

/**
 * The key of a broker, which stays the one that was seen first.
 *
 * @throws Failure if the broker now has another one.
 */
export async function keyOfBroker(url: string): Promise<KnownLog & SaidLedger> {
  const now = await ledgerOf(url);
  const before = seenLogOf(url) ?? seenLog(now.key.name);
  if (before === null || before.vkey === now.vkey) return { ...now, before };
  throw new Failure(
    'failed',
    `The ledger of ${url} has another key than before: somebody may have replaced the ledger.`,
    [
      `Seen ${before.seenAt}: ${before.vkey}`,
      `Now:                           ${plain(now.vkey)}`,
      'Ask your platform team which key is right, and not through this broker. If it is the new one:',
      `  valetkey audit verify --key '${plain(now.vkey)}'`,
    ].join('\n'),
  );
}

/** The key for a copy of a log, which cannot vouch for itself: that of the broker. */
export async function keyForCopy(broker: string | undefined): Promise<KnownLog> {
  const url = brokerOr(broker).url;
  const before = seenLogOf(url);
  return before === null ? keyOfBroker(url) : { key: before.key, vkey: before.vkey, before };
}

function brokerOr(wanted: string | undefined): { readonly url: string } {
  try {
    return chosenBroker(wanted);
  } catch (error) {
    if (!(error instanceof UsageError) || wanted !== undefined) throw error;
    throw new UsageError(
      'There is no key to verify with: a copy of a ledger cannot vouch for itself.',
      "Give the key that your platform team publishes: --key 'NAME+HASH+KEY'. Or configure the broker: valetkey configure URL",
    );
  }
}
