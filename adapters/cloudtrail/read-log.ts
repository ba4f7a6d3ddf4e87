import type { Instant } from '../../core/instant.ts';
import { isWithin } from '../../core/usage/log-files.ts';
import type { NeedleTest } from '../../core/usage/needle-test.ts';
import { parseRecord } from '../../core/usage/parse-record.ts';
import { RecordSplitter, type SplitPart } from '../../core/usage/split-records.ts';
import type { ReadPart } from '../../core/usage/usage-ports.ts';
import type { ReadRecord } from './log-source.ts';
import { BrokenGzip, unpacked } from './unpack.ts';

export type Reading = {
  readonly readRecord: ReadRecord;
  readonly wanted: NeedleTest;
  /** Records of other times are left out; `until` itself is one. */
  readonly from: Instant;
  readonly until: Instant;
};

/**
 * Reads a log file, of any size in little memory. Its last part is `file`.
 *
 * @throws what `pieces` throws: then what was given is not all that there is.
 */
export async function* readLog(
  name: string,
  pieces: AsyncIterable<Uint8Array>,
  reading: Reading,
): AsyncGenerator<ReadPart, void> {
  const splitter = new RecordSplitter(reading.wanted);
  let bytes = 0;
  const counted = async function* (): AsyncGenerator<Uint8Array, void> {
    for await (const piece of pieces) {
      bytes += piece.length;
      yield piece;
    }
  };
  try {
    for await (const text of unpacked(counted())) {
      yield* partsOf(name, splitter.push(text), reading);
    }
    yield* partsOf(name, splitter.end(), reading);
  } catch (error) {
    if (!(error instanceof BrokenGzip)) throw error;
    // A record in which it breaks off is a part of what is unreadable here.
    yield { kind: 'unreadable', place: name, why: `the compressed file: ${error.message}` };
  }
  yield { kind: 'file', name, bytes, records: splitter.records };
}

function* partsOf(
  name: string,
  parts: readonly SplitPart[],
  reading: Reading,
): Generator<ReadPart, void> {
  for (const part of parts) {
    const place = `${name}, record ${part.record}`;
    if (part.kind === 'unreadable') {
      yield { kind: 'unreadable', place: `${place} (byte ${part.offset})`, why: part.why };
      continue;
    }
    const json = parseRecord(part.text);
    const record = json.ok ? reading.readRecord(json.value) : json;
    if (!record.ok) yield { kind: 'unreadable', place, why: record.error };
    else if (isWithin(record.value, reading)) {
      yield { kind: 'record', record: record.value };
    }
  }
}
