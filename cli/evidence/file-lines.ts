import { closeSync, openSync, readSync } from 'node:fs';

const CHUNK = 64 * 1024;
const NEWLINE = 0x0a;

/** The lines of a file, which is never whole in memory, and is open only while a part of it is read. */
export function* linesOf(path: string): Generator<Buffer, undefined> {
  let begun: Buffer[] = [];
  for (let at = 0; ; ) {
    const chunk = chunkAt(path, at);
    if (chunk.length === 0) break;
    at += chunk.length;
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      yield Buffer.concat([...begun, chunk.subarray(from, end)]);
      begun = [];
      from = end + 1;
    }
    begun.push(chunk.subarray(from));
  }
  const last = Buffer.concat(begun);
  if (last.length > 0) yield last;
}

function chunkAt(path: string, at: number): Buffer {
  const file = openSync(path, 'r');
  try {
    const chunk = Buffer.alloc(CHUNK);
    return chunk.subarray(0, readSync(file, chunk, 0, CHUNK, at));
  } finally {
    closeSync(file);
  }
}
