import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import type { MutantResult } from '@stryker-mutator/api/core';

/** Fails below this share of mutants killed. */
const WANTED = 90;
const SURVIVORS = 'tools/mutation/survivors.json';

/** A change that no test notices, and why none can or need. */
type Survivor = {
  readonly file: string;
  readonly original: string;
  readonly mutant: string;
  readonly reason: string;
};

/**
 * Prints what was found.
 *
 * @param whole The files of which every mutant was judged.
 * @returns the exit code.
 */
export function report(all: readonly MutantResult[], whole: readonly string[]): number {
  const counted = all.filter(({ status }) => !/Ignored|Error/.test(status));
  const alive = counted.filter(({ status }) => !/Killed|Timeout/.test(status));
  const endless = counted.filter(({ status }) => status === 'Timeout');
  const known = JSON.parse(readFileSync(SURVIVORS, 'utf8')) as readonly Survivor[];
  const unexplained = alive.filter((mutant) => !known.some((entry) => isOf(entry, mutant)));
  for (const mutant of unexplained) printMutant(mutant);
  const stale = known.filter(
    (entry) => whole.includes(entry.file) && !alive.some((mutant) => isOf(entry, mutant)),
  );
  for (const { file, original, mutant } of stale) {
    console.log(`${file} is killed, or has gone: ${original} → ${mutant}`);
  }
  for (const mutant of endless) printMutant(mutant);
  const killed = counted.length - alive.length;
  const score = (killed / counted.length) * 100;
  console.log(
    [
      `${killed} of ${counted.length} mutants killed (${score.toFixed(1)} %, ${endless.length} by time-out)`,
      `${unexplained.length} survivors without a reason in ${SURVIVORS}`,
      `${stale.length} reasons without a survivor`,
    ].join(', '),
  );
  return score < WANTED || unexplained.length > 0 || stale.length > 0 ? 1 : 0;
}

function isOf({ file, original, mutant }: Survivor, result: MutantResult): boolean {
  return (
    relative('.', result.fileName) === file &&
    originalOf(result) === original &&
    onOneLine(result.replacement ?? '') === mutant
  );
}

function printMutant(mutant: MutantResult): void {
  const place = `${relative('.', mutant.fileName)}:${mutant.location.start.line}`;
  const replacement = onOneLine(mutant.replacement ?? '');
  console.log(`${place} ${mutant.status}: ${originalOf(mutant)} → ${replacement}`);
}

function onOneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}

/** The text that was changed. Stryker counts lines and columns from 1. */
function originalOf({ fileName, location: { start, end } }: MutantResult): string {
  const lines = readFileSync(fileName, 'utf8')
    .split('\n')
    .slice(start.line - 1, end.line);
  const last = lines.length - 1;
  lines[last] = (lines[last] ?? '').slice(0, end.column - 1);
  lines[0] = (lines[0] ?? '').slice(start.column - 1);
  return onOneLine(lines.join(' '));
}
