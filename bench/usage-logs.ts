import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import type { BlockFigures } from '../test/support/read-log-block.ts';
import { printResults } from './print-results.ts';
import { round } from './statistics.ts';

/**
 * What reading a gigabyte of CloudTrail text takes, in a process of its own; the text is made as it is read. Once for one
 * grant, which one record in 200 is of, and once with every record parsed.
 */

const MEGABYTES = 1000;

export function measureUsageLogs(megabytes = MEGABYTES) {
  const read = (form: 'plain' | 'gz', which: 'grant' | 'all') => {
    const args = ['test/support/read-log-block.ts', String(megabytes), form, which];
    const text = execFileSync(process.execPath, args, { encoding: 'utf8' });
    const { seconds, cpuSeconds, ...found } = JSON.parse(text) as BlockFigures;
    return {
      seconds: round(seconds),
      cpuSeconds: round(cpuSeconds),
      megabytesPerSecond: Math.round(found.megabytes / seconds),
      recordsPerSecond: Math.round(found.records / seconds),
      records: found.records,
      recordsPerParsed: round(found.records / found.parsed),
      peakMegabytes: Math.round(found.peakMegabytes),
    };
  };
  return {
    grantOfPlain: read('plain', 'grant'),
    grantOfGz: { ...read('gz', 'grant'), goal: '60 seconds' },
    allOfPlain: read('plain', 'all'),
    allOfGz: read('gz', 'all'),
  };
}

/** `node bench/usage-logs.ts [MEGABYTES]` measures this alone; with a number, it only prints. */
if (import.meta.main) {
  const [given] = process.argv.slice(2);
  const usageLogs = measureUsageLogs(given === undefined ? MEGABYTES : Number(given));
  if (given === undefined) {
    const results = JSON.parse(readFileSync('bench/results.json', 'utf8')) as object;
    writeFileSync('bench/results.json', `${JSON.stringify({ ...results, usageLogs }, null, 2)}\n`);
  }
  printResults(usageLogs);
}
