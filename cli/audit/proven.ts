import { type ProofError, parseProof, verifyProof } from '../../core/ledger/proof-file.ts';
import { Failure } from '../failure.ts';
import { explain } from './explain-fault.ts';
import type { Log } from './log.ts';
import type { Signed } from './same-log.ts';

export type Proven = Signed & { readonly index: number; readonly entry: Uint8Array };

/**
 * The entry of those given that a proof is about.
 *
 * @param what For the message, if it is about none of them.
 * @throws Failure if the proof does not verify.
 */
export function proven(
  text: string,
  candidates: readonly Uint8Array[],
  log: Log,
  what: string,
): Proven {
  let error: ProofError = { code: 'not-included' };
  for (const entry of candidates) {
    const verified = verifyProof(text, entry, log.key);
    const note = parseProof(text)?.checkpoint ?? '';
    if (verified.ok) return { ...verified.value, note, entry };
    error = verified.error;
  }
  if (error.code === 'not-included') {
    throw new Failure(
      'failed',
      `${what} is not what the proof in ${log.place} is about: one of them was changed.`,
      'Get the proof again. If it stays so, keep both, and tell your security team.',
    );
  }
  const { message, hint } = explain(error, log, null);
  throw new Failure('failed', message, hint);
}
