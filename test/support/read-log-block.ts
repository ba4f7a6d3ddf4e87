import { writeSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { readLog } from '../../adapters/cloudtrail/read-log.ts';
import { ok } from '../../core/result.ts';
import { needleTest } from '../../core/usage/needle-test.ts';
import type { TrailRecord } from '../../core/usage/record.ts';
import { BLOCK_GRANT, logBlock } from './log-block.ts';

/**
 * Runs in its own process: reads so many megabytes of log text that are never all there, and prints what it took, as
 * JSON. Arguments: megabytes, `plain` (one file) or `gz` (files of some megabytes, as CloudTrail writes them), `grant` or
 * `all`.
 */

export type BlockFigures = {
  readonly megabytes: number;
  readonly records: number;
  readonly parsed: number;
  readonly unreadable: number;
  readonly seconds: number;
  /** Of all threads. */
  readonly cpuSeconds: number;
  readonly peakMegabytes: number;
};

const PIECE = 64 * 1024;
const [megabytes = '16', form = 'plain', which = 'grant'] = process.argv.slice(2);

const block = Buffer.from(logBlock(4000, 200));
const times = Math.max(1, Math.round((Number(megabytes) * 1e6) / block.length));
const file = gzipSync(Buffer.concat([Buffer.from('{"Records":['), block, Buffer.from(']}')]));

async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += PIECE) yield bytes.subarray(at, at + PIECE);
}

async function* onePlain(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('{"Records":[');
  for (let turn = 0; turn < times; turn += 1) {
    if (turn > 0) yield Buffer.from(',');
    yield* pieces(block);
  }
  yield Buffer.from(']}');
}

const files =
  form === 'gz' ? Array.from({ length: times }, () => () => pieces(file)) : [() => onePlain()];

let [parsed, records, unreadable] = [0, 0, 0];
const reading = {
  wanted: needleTest(which === 'all' ? null : [BLOCK_GRANT]),
  readRecord: (json: unknown) => {
    parsed += 1;
    const { eventTime, eventID } = json as { eventTime: string; eventID: string };
    return ok({ at: Date.parse(eventTime), eventId: eventID } as TrailRecord);
  },
  ...{ from: 0, until: Number.POSITIVE_INFINITY },
};
const begun = performance.now();
const cpu = process.cpuUsage();
for (const open of files) {
  for await (const part of readLog('x', open(), reading)) {
    if (part.kind === 'file') records += part.records;
    if (part.kind === 'unreadable') unreadable += 1;
  }
}
const { user, system } = process.cpuUsage(cpu);
const figures: BlockFigures = {
  megabytes: (times * block.length) / 1e6,
  ...{ records, parsed, unreadable },
  seconds: (performance.now() - begun) / 1000,
  cpuSeconds: (user + system) / 1e6,
  peakMegabytes: process.resourceUsage().maxRSS / 1024,
};
writeSync(1, JSON.stringify(figures));
