import { globSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { parseArgs } from 'node:util';
import type { MutantResult } from '@stryker-mutator/api/core';
import { Stryker } from '@stryker-mutator/core';
import { cruise, type ICruiseResult } from 'dependency-cruiser';

/**
 * Changes core/ in small ways and reports which changes no fast test notices.
 *
 *   npm run mutate -- core/lifecycle
 *   npm run mutate -- core/kill/converge.ts
 *   npm run mutate -- core/kill --quick    unit tests alone
 *   npm run mutate -- core/kill --workers 1
 */

/** Fails below this share of mutants killed. */
const WANTED = 90;
const SURVIVORS = 'tools/mutation/survivors.json';
/** Tests that need no process of their own. */
const UNIT_TESTS = /^test\/core\/.*\.test\.ts$/;
const TESTS = /^test\/(core|simulation|second-opinion|adapters\/cedar)\/.*\.test\.ts$/;

type Survivor = {
  readonly file: string;
  readonly original: string;
  readonly mutant: string;
  readonly reason: string;
};

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    workers: { type: 'string', default: '2' },
  },
});
const files = positionals.flatMap((path) =>
  path.endsWith('.ts') ? [path] : globSync(`${path}/**/*.ts`),
);
if (files.length === 0) {
  console.error('Name a folder or file of core/, for example: npm run mutate -- core/lifecycle');
  process.exit(2);
}

// Fewer draws than in a test run: each mutant has them all to itself.
process.env['SIMULATION_HISTORIES'] ??= '50';
process.env['SECOND_OPINION_CASES'] ??= '1500';

const results = await new Stryker({
  mutate: files,
  testRunner: 'in-process',
  plugins: ['./tools/mutation/plugin.ts'],
  testFiles: await relatedTests(files),
  coverageAnalysis: 'perTest',
  // What runs while a module loads cannot be judged: modules load once for all mutants.
  ignoreStatic: true,
  concurrency: Number(values.workers),
  // Node strips the types; TypeScript 7 has no API for Stryker to read its settings with.
  disableTypeChecks: false,
  tsconfigFile: 'none',
  ignorePatterns: ['/.*', '/dist', '/coverage', '/cdk.out', '/docs', '!/tools'],
  reporters: ['progress', 'html', 'json'],
  htmlReporter: { fileName: 'coverage/mutation.html' },
  jsonReporter: { fileName: 'coverage/mutation.json' },
  tempDirName: '.cache/stryker',
  allowConsoleColors: false,
  // Beyond one and a half times what its tests take. An endless loop, or a regular expression that
  // backtracks without end, costs this and the loading of all test files.
  timeoutMS: 4_000,
} as ConstructorParameters<typeof Stryker>[0]).runMutationTest();
process.exitCode = report(results);

/** The test files that import one of the mutated files, however far away. */
async function relatedTests(mutated: readonly string[]): Promise<readonly string[]> {
  const { output } = await cruise(['core', 'test', 'adapters'], {
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
  });
  const importers = new Map<string, string[]>();
  for (const { source, dependencies } of (output as ICruiseResult).modules) {
    for (const { resolved } of dependencies) {
      importers.set(resolved, [...(importers.get(resolved) ?? []), source]);
    }
  }
  const reached = new Set(mutated);
  for (const file of reached) {
    for (const importer of importers.get(file) ?? []) reached.add(importer);
  }
  return [...reached].filter((file) => (values.quick ? UNIT_TESTS : TESTS).test(file)).toSorted();
}

function report(all: readonly MutantResult[]): number {
  const counted = all.filter(({ status }) => !/Ignored|Error/.test(status));
  const killed = counted.filter(({ status }) => /Killed|Timeout/.test(status));
  const known = JSON.parse(readFileSync(SURVIVORS, 'utf8')) as readonly Survivor[];
  const survivors = counted
    .filter((mutant) => !killed.includes(mutant))
    .map((mutant) => ({
      file: relative('.', mutant.fileName),
      line: mutant.location.start.line,
      status: mutant.status,
      original: originalOf(mutant),
      mutant: onOneLine(mutant.replacement ?? ''),
    }));
  const unexplained = survivors.filter(
    ({ file, original, mutant }) =>
      !known.some(
        (entry) => entry.file === file && entry.original === original && entry.mutant === mutant,
      ),
  );
  for (const { file, line, status, original, mutant } of unexplained) {
    console.log(`${file}:${line} ${status}: ${original} → ${mutant}`);
  }
  const score = (killed.length / counted.length) * 100;
  console.log(
    `${killed.length} of ${counted.length} mutants killed (${score.toFixed(1)} %), ${unexplained.length} survivors without a reason in ${SURVIVORS}.`,
  );
  return score < WANTED || unexplained.length > 0 ? 1 : 0;
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
