import { globSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { parseArgs } from 'node:util';
import type { MutantResult } from '@stryker-mutator/api/core';
import { Stryker } from '@stryker-mutator/core';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import { report } from './mutation/report.ts';

/**
 * Changes core/ in small ways and reports which changes no fast test notices. The unit tests of the same
 * folder judge first; what they let live is judged by every test that imports the file, however far away.
 *
 *   npm run mutate -- core/lifecycle
 *   npm run mutate -- core/kill/converge.ts
 *   npm run mutate -- core/kill --quick    unit tests of the same folder alone
 *   npm run mutate -- core/kill --workers 1
 *   npm run mutate -- core/kill --patience 20    on a busy machine: seconds before a mutant counts as endless
 *   npm run mutate -- core/policy --every 3    a sample: every third mutant
 */

/** Tests that need no process of their own. */
const TESTS = /^test\/(core|simulation|second-opinion|adapters\/cedar)\/.*\.test\.ts$/;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    workers: { type: 'string', default: '2' },
    patience: { type: 'string', default: '4' },
    every: { type: 'string', default: '1' },
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
process.env['DRAWS'] ??= '0.05';

const every = Number(values.every);
const near = (await mutate(files, files.flatMap(testsBeside), every)).filter(
  ({ id }) => Number(id) % every === 0,
);
const survivors = near.filter(({ status }) => /Survived|NoCoverage/.test(status));
const far =
  values.quick || survivors.length === 0
    ? []
    : await mutate(survivors.map(placeOf), await relatedTests(files));
const judgedAgain = new Map(far.map((mutant) => [nameOf(mutant), mutant]));
const all = near.map((mutant) => judgedAgain.get(nameOf(mutant)) ?? mutant);
process.exitCode = report(all, every === 1 ? files : []);

function mutate(
  mutated: readonly string[],
  testFiles: readonly string[],
  sampled = 1,
): Promise<readonly MutantResult[]> {
  return new Stryker({
    mutate: [...mutated],
    testRunner: 'in-process',
    plugins: ['./tools/mutation/plugin.ts'],
    testFiles: [...new Set(testFiles)].toSorted(),
    every: sampled,
    coverageAnalysis: 'perTest',
    // What runs while a module loads cannot be judged: modules load once for all mutants.
    ignoreStatic: true,
    concurrency: Number(values.workers),
    // Node strips the types; TypeScript 7 has no API for Stryker to read its settings with.
    disableTypeChecks: false,
    tsconfigFile: 'none',
    ignorePatterns: ['/.*', '/dist', '/coverage', '/cdk.out', '!/tools'],
    reporters: ['progress', 'html', 'json'],
    htmlReporter: { fileName: 'coverage/mutation.html' },
    jsonReporter: { fileName: 'coverage/mutation.json' },
    tempDirName: '.cache/stryker',
    allowConsoleColors: false,
    // Beyond one and a half times what its tests take. An endless loop, or a regular expression that
    // backtracks without end, costs this and the loading of its test files.
    timeoutMS: Number(values.patience) * 1_000,
    // All tests that import a file, twice: minutes on a busy machine.
    dryRunTimeoutMinutes: 60,
  } as ConstructorParameters<typeof Stryker>[0]).runMutationTest();
}

/** `core/kill/converge.ts:12:3-12:20`, which Stryker takes for the mutants that lie within. */
function placeOf({ fileName, location: { start, end } }: MutantResult): string {
  const file = relative('.', fileName);
  return `${file}:${start.line}:${start.column - 1}-${end.line}:${end.column - 1}`;
}

function nameOf(mutant: MutantResult): string {
  return `${placeOf(mutant)} ${mutant.mutatorName} ${mutant.replacement}`;
}

/** The unit tests of the same folder; for a file at the root of core/ those at the root of test/core/. */
function testsBeside(file: string): readonly string[] {
  const folder = `test/${dirname(file)}`;
  return globSync(folder === 'test/core' ? `${folder}/*.test.ts` : `${folder}/**/*.test.ts`);
}

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
  return [...reached].filter((file) => TESTS.test(file));
}
