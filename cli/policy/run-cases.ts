import { writeFileSync } from 'node:fs';
import { caseErrors, expected, got } from '../../core/policy/case-errors.ts';
import { type Coverage, coverageOf } from '../../core/policy/coverage.ts';
import {
  benchFor,
  type CaseResult,
  runCases,
  SAMPLE_DEPLOYMENT,
} from '../../core/policy/run-cases.ts';
import { UsageError } from '../failure.ts';
import { count, plain, type Terminal } from '../terminal.ts';
import { junitXml } from './junit.ts';
import { type Opened, openBundle, tools } from './open-bundle.ts';
import { placeOf, showInvalid } from './show-errors.ts';

export type TestOptions = {
  readonly policy: string;
  readonly json: boolean;
  readonly junit?: string;
  readonly minCoverage: number;
};

/**
 * `valetkey policy test`
 *
 * @returns 0 if every case passes and the coverage is at least `--min-coverage`.
 */
export function test(options: TestOptions, out: Terminal): 0 | 1 {
  const using = tools();
  const opened = openBundle(options.policy, using);
  if (!opened.read.ok) return showInvalid(opened.read.error, opened, options.json, out);
  const { bundle, cases } = opened.read.value;
  const started = performance.now();
  const results = runCases(benchFor(bundle, using.language.engineFor), cases);
  const seconds = (performance.now() - started) / 1000;
  const reach = using.analyst.reach(bundle, SAMPLE_DEPLOYMENT);
  const coverage = coverageOf(Object.keys(bundle.policies), results, reach);

  if (options.junit !== undefined) writeReport(options.junit, junitXml(results, seconds));
  const failed = results.filter(({ result }) => result.status !== 'passed').length;
  const ok = failed === 0 && coverage.percent >= options.minCoverage;
  if (options.json) {
    out.json({
      ok,
      passed: results.length - failed,
      failed,
      coverage,
      cases: results.map(caseJson),
    });
    return ok ? 0 : 1;
  }
  showResults(results, opened, out);
  const summary = [
    `${results.length - failed} passed`,
    ...(failed > 0 ? [`${failed} failed`] : []),
  ];
  out.print(
    out.paint(
      failed > 0 ? 'red' : 'green',
      `${count(results.length, 'case')}: ${summary.join(', ')}`,
    ),
  );
  showCoverage(coverage, options.minCoverage, out);
  return ok ? 0 : 1;
}

function showResults(results: readonly CaseResult[], opened: Opened, out: Terminal): void {
  let file = '';
  for (const caseResult of results) {
    const { located, result } = caseResult;
    if (located.file !== file) out.print(out.paint('bold', plain(located.file)));
    file = located.file;
    const name = plain(located.value.name);
    if (result.status === 'passed') {
      const how = out.paint('dim', got(result.decision));
      out.print(`  ${out.paint('green', '✓')} ${name}  ${how}`);
      continue;
    }
    out.print(`  ${out.paint('red', '✗')} ${name}`);
    if (result.status === 'failed') {
      out.print(`      expected ${expected(located.value.expect)}`);
      out.print(`      got      ${got(result.decision)}`);
    }
    for (const error of caseErrors([caseResult])) {
      const text = result.status === 'failed' ? '' : `: ${plain(error.message)}`;
      out.print(`      ${out.paint('dim', placeOf(error, opened))}${text}`);
    }
  }
}

function showCoverage(
  { covered, uncovered, elsewhere, percent }: Coverage,
  minimum: number,
  out: Terminal,
): void {
  const all = count(covered.length + uncovered.length, 'policy');
  const low = percent < minimum ? out.paint('red', `, and --min-coverage is ${minimum} %`) : '';
  out.print(`Coverage: ${percent} % of ${all}${low}`);
  for (const id of uncovered) out.print(out.paint('yellow', `  no case covers ${id}`));
  if (elsewhere.length > 0) {
    out.print(
      out.paint('dim', `  not counted, as they decide no request: ${elsewhere.join(', ')}`),
    );
  }
}

function caseJson({ located: { value, file, line }, result }: CaseResult): object {
  const { name, expect } = value;
  if (result.status === 'invalid') {
    return { name, file, line, status: result.status, expect, mistakes: result.mistakes };
  }
  const { outcome, policies, advice } = result.decision;
  return { name, file, line, status: result.status, expect, got: { outcome, policies, advice } };
}

function writeReport(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch {
    throw new UsageError(`--junit: cannot write ${path}.`, 'Check that its folder exists.');
  }
}
