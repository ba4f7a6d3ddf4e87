import { createGunzip } from 'node:zlib';

/** The end of a compressed file is missing, or its bytes are broken. What came before was given. */
export class BrokenGzip extends Error {
  override readonly name = 'BrokenGzip';
}

const GZIP = [0x1f, 0x8b];
const PIECE = 64 * 1024;

/**
 * What a file holds, decompressed if it begins like gzip, whatever its name. Several gzip files after each other are
 * one.
 *
 * @throws BrokenGzip, and what `pieces` throws.
 * @see https://www.rfc-editor.org/rfc/rfc1952 section 2.3.1
 */
export async function* unpacked(
  pieces: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  const iterator = pieces[Symbol.asyncIterator]();
  let head: Uint8Array = new Uint8Array();
  while (head.length < GZIP.length) {
    const next = await iterator.next();
    if (next.done === true) break;
    head = Buffer.concat([head, next.value]);
  }
  const all = rejoined(head, iterator);
  if (GZIP.every((byte, index) => head[index] === byte)) yield* gunzipped(all);
  else yield* all;
}

async function* rejoined(
  head: Uint8Array,
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  try {
    if (head.length > 0) yield head;
    for (let next = await rest.next(); next.done !== true; next = await rest.next())
      yield next.value;
  } finally {
    await rest.return?.();
  }
}

/** A listener, and no iterator: what was decompressed before an error would be lost in the stream's buffer. */
async function* gunzipped(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  const gunzip = createGunzip({ chunkSize: PIECE });
  const ready: Uint8Array[] = [];
  let failure: Error | null = null;
  let ended = false;
  let settle = (): void => {};
  gunzip.on('data', (data: Buffer) => ready.push(data));
  gunzip.on('error', (error) => {
    failure = error;
    settle();
  });
  // Also before its input ends: zeros end it, and then it takes nothing more, and says so to nobody.
  gunzip.on('end', () => {
    ended = true;
    settle();
  });
  const done = (start: (settled: () => void) => void): Promise<void> =>
    new Promise((resolve) => {
      settle = resolve;
      start(resolve);
    });
  let given = 0;
  try {
    for await (const piece of pieces) {
      given += piece.length;
      if (!ended) await done((settled) => gunzip.write(piece, () => settled()));
      yield* ready.splice(0);
      if (failure !== null) break;
      const left = ended ? Math.min(piece.length, given - gunzip.bytesWritten) : 0;
      if (piece.subarray(piece.length - left).some((byte) => byte !== 0)) {
        throw new BrokenGzip('more follows behind its end');
      }
    }
    if (failure === null && !ended) await done(() => gunzip.end());
    yield* ready.splice(0);
    if (failure !== null) throw new BrokenGzip(describe(failure));
  } finally {
    gunzip.destroy();
  }
}

function describe({ message }: Error): string {
  return message === 'unexpected end of file' ? 'it does not end' : `it is broken: ${message}`;
}
