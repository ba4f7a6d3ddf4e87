import { type NoteKey, parseVerifierKey } from '../../core/signed-note.ts';
import { discovery } from '../broker/answers.ts';
import { http } from '../broker/http.ts';
import { Failure } from '../failure.ts';

export type LedgerKey = { readonly key: NoteKey; readonly vkey: string };

/** What a broker says of its ledger. */
export type SaidLedger = LedgerKey & {
  /** The keys of the witnesses that it asks. */
  readonly witnesses: readonly string[];
};

/**
 * The key that a broker says its ledger has.
 *
 * @throws Failure if it has no ledger, or says nothing usable.
 */
export async function ledgerOf(broker: string): Promise<SaidLedger> {
  const { status, json } = await http({ method: 'GET', url: `${broker}/.well-known/valetkey` });
  if (status === 429 || status >= 500) {
    throw new Failure('unreachable', `${broker} answered ${status}.`, 'Try again in a minute.');
  }
  const answer = discovery.safeParse(json);
  if (status !== 200 || !answer.success) {
    throw new Failure(
      'failed',
      `${broker} is not a Valet Key broker (it answered ${status}).`,
      'Check the URL: valetkey doctor',
    );
  }
  const { ledger } = answer.data;
  if (!ledger) {
    throw new Failure(
      'failed',
      `${broker} has no audit ledger: it is of a version without one.`,
      'Its trail can be read, but not verified. Ask your platform team to update the broker.',
    );
  }
  const key = parseVerifierKey(ledger.vkey);
  if (key !== null && key.name === ledger.origin)
    return { key, vkey: ledger.vkey, witnesses: ledger.witnesses ?? [] };
  throw new Failure(
    'failed',
    `${broker} says that its ledger has a key that is none.`,
    'The broker may be newer than the command: update valetkey, or ask your platform team.',
  );
}
