import type { Witness } from '../../core/ledger/cosign-log.ts';
import type { NoteKey } from '../../core/signed-note.ts';

const TIMEOUT_MS = 2000;
/** Cosignatures of a few keys. */
const MOST_BYTES = 16_384;

/**
 * A witness over HTTP.
 *
 * @param url The prefix of `add-checkpoint`, without a slash at the end.
 * @see https://c2sp.org/tlog-witness
 */
export function httpWitness(url: string, key: NoteKey): Witness {
  return {
    key,
    add: async (body) => {
      try {
        const response = await fetch(`${url}/add-checkpoint`, {
          method: 'POST',
          body,
          headers: { 'content-type': 'text/plain; charset=utf-8' },
          redirect: 'error',
          signal: AbortSignal.timeout(TIMEOUT_MS),
        });
        return { status: response.status, body: await textOf(response) };
      } catch {
        return null;
      }
    },
  };
}

/** @throws Error beyond what any witness has to say. */
async function textOf({ body }: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of body ?? []) {
    bytes += part.length;
    if (bytes > MOST_BYTES) throw new Error('a witness answered too much');
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}
