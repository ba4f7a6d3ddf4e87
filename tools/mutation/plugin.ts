import { registerHooks } from 'node:module';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { InstrumenterContext, StrykerOptions } from '@stryker-mutator/api/core';
import { commonTokens, declareClassPlugin, PluginKind, tokens } from '@stryker-mutator/api/plugin';
import {
  type DryRunResult,
  DryRunStatus,
  determineHitLimitReached,
  type MutantRunOptions,
  type MutantRunResult,
  MutantRunStatus,
  type TestResult,
  type TestRunner,
  type TestRunnerCapabilities,
  TestStatus,
  toMutantRunResult,
} from '@stryker-mutator/api/test-runner';
import { configureGlobal } from 'fast-check';
import { type load, type Outcome, run } from './test-files.ts';

/**
 * A test runner for Stryker that loads the test files once, in plain Node, and runs those that reach a
 * mutant again for each one: milliseconds, where starting Jest anew takes seconds. A file is run as a
 * whole, since its tests may build on one another.
 */

/**
 * A change that a property notices is noticed within its first draws, and nobody reads the smallest
 * counterexample. With one seed a mutant has the same fate each time.
 */
configureGlobal({ seed: 1, endOnFailure: true, numRuns: 25 });

const GLOBALS = new URL('./test-files.ts', import.meta.url).href;

type TestFile = Awaited<ReturnType<typeof load>>;

class InProcessRunner implements TestRunner {
  static inject = tokens(commonTokens.options);
  private readonly files: readonly string[];
  private readonly every: number;
  private readonly loaded = new Map<string, TestFile>();
  /** What each file took, to run the quick ones first. */
  private readonly took = new Map<string, number>();

  constructor(options: StrykerOptions) {
    this.files = options['testFiles'] as readonly string[];
    this.every = options['every'] as number;
    registerHooks({
      resolve: (specifier, from, next) =>
        specifier === '@jest/globals'
          ? { url: GLOBALS, shortCircuit: true }
          : next(specifier, from),
    });
  }

  capabilities(): TestRunnerCapabilities {
    // Modules load unchanged, so there is nothing to load again. Stryker would start a new process instead, for
    // each mutant that is also reached while a module loads.
    return { reloadEnvironment: true };
  }

  async dryRun(): Promise<DryRunResult> {
    const files = await this.load(this.files);
    const first = await this.runFiles(files, () => true);
    // Files that cannot run twice would fail for any mutant.
    const coverage = structuredClone(context().mutantCoverage);
    const again = await this.runFiles(files, () => true);
    const failed = [...first, ...again].filter(({ failure }) => failure !== null);
    if (failed.length > 0) {
      const errorMessage = failed.map(({ id, failure }) => `${id}: ${failure}`).join('\n');
      return { status: DryRunStatus.Error, errorMessage };
    }
    return {
      status: DryRunStatus.Complete,
      tests: first.map(testResult),
      ...(coverage !== undefined && { mutantCoverage: coverage }),
    };
  }

  async mutantRun(options: MutantRunOptions): Promise<MutantRunResult> {
    const { activeMutant, testFilter, hitLimit } = options;
    if (Number(activeMutant.id) % this.every !== 0) {
      return { status: MutantRunStatus.Error, errorMessage: 'not in the sample' };
    }
    const stryker = context();
    // Modules load unchanged, also those that only a later mutant needs.
    delete stryker.activeMutant;
    const wanted = new Set(testFilter?.map((id) => id.split(' › ')[0]));
    const files = await this.load(
      testFilter === undefined ? this.files : this.files.filter((name) => wanted.has(name)),
    );
    Object.assign(stryker, { activeMutant: activeMutant.id, hitCount: 0, hitLimit });
    const goesOn = ({ failure }: Outcome) => failure === null;
    const outcomes = await this.runFiles(files, goesOn, basename(activeMutant.fileName, '.ts'));
    const status = DryRunStatus.Complete;
    return toMutantRunResult(
      determineHitLimitReached(stryker.hitCount, hitLimit) ?? {
        status,
        tests: outcomes.map(testResult),
      },
    );
  }

  /** Loads what is not loaded yet: after a mutant without end, a new process needs few of the files. */
  private async load(names: readonly string[]): Promise<readonly TestFile[]> {
    const { load } = await import('./test-files.ts');
    for (const name of names) {
      if (this.loaded.has(name)) continue;
      this.loaded.set(name, await load(name, pathToFileURL(join(process.cwd(), name)).href));
    }
    return names.flatMap((name) => this.loaded.get(name) ?? []);
  }

  private async runFiles(
    files: readonly TestFile[],
    goesOn: (outcome: Outcome) => boolean,
    changed = '',
  ): Promise<readonly Outcome[]> {
    const outcomes: Outcome[] = [];
    // The tests of the changed file notice most changes of it; then those that take least.
    const time = ({ name }: TestFile): number =>
      name.endsWith(`/${changed}.test.ts`) ? 0 : (this.took.get(name) ?? 0);
    for (const file of files.toSorted((a, b) => time(a) - time(b))) {
      const start = performance.now();
      const ended = await run(file, {
        begins: (id) => {
          context().currentTestId = id;
        },
        ends: (outcome) => {
          outcomes.push(outcome);
          return goesOn(outcome);
        },
      });
      if (!ended) break;
      this.took.set(file.name, performance.now() - start);
    }
    return outcomes;
  }
}

/** What instrumented code and its runner share. */
function context(): InstrumenterContext {
  const shared = globalThis as { __stryker__?: InstrumenterContext };
  shared.__stryker__ ??= {};
  return shared.__stryker__;
}

function testResult({ id, file, milliseconds, failure }: Outcome): TestResult {
  const common = { id, name: id, fileName: file, timeSpentMs: milliseconds };
  return failure === null
    ? { ...common, status: TestStatus.Success }
    : { ...common, status: TestStatus.Failed, failureMessage: failure };
}

export const strykerPlugins = [
  declareClassPlugin(PluginKind.TestRunner, 'in-process', InProcessRunner),
];
