import { readFileSync } from 'node:fs';
import type { CaseQuestion, LocatedCase } from '../../core/policy/cases-file.ts';
import { explain } from '../../core/policy/explain.ts';
import { readQuestions } from '../../core/policy/read-cases.ts';
import { benchFor } from '../../core/policy/run-cases.ts';
import { UsageError } from '../failure.ts';
import { plain, type Terminal } from '../terminal.ts';
import { type ExplainOptions, questionFromFlags } from './explain-flags.ts';
import { invalidRequest } from './invalid-request.ts';
import { openBundle, tools } from './open-bundle.ts';
import { showInvalid } from './show-errors.ts';
import { explanationJson, showExplanation } from './show-explanation.ts';

/**
 * `valetkey policy explain`
 *
 * @returns 1 if the bundle is invalid, 0 for every decision: an explained denial is a success.
 * @throws UsageError if the request is not valid.
 */
export function explainRequest(options: ExplainOptions, out: Terminal): 0 | 1 {
  if (options.case !== undefined && options.file === undefined) {
    throw new UsageError('--case needs --file FILE.');
  }
  const question =
    options.file === undefined
      ? questionFromFlags(options, new Date().toISOString())
      : questionFromFile(options.file, options);
  const using = tools();
  const opened = openBundle(options.policy, using);
  if (!opened.read.ok) return showInvalid(opened.read.error, opened, options.json, out);
  const { bundle, policies } = opened.read.value;
  const { account, region } = options;
  const bench = benchFor(bundle, using.language.engineFor, { account, region });
  const explained = explain(bench, using.analyst, question);
  if (!explained.ok) {
    const source = options.file === undefined ? 'options' : 'file';
    throw new UsageError(invalidRequest(explained.error, source));
  }
  if (options.json) out.json(explanationJson(question, explained.value));
  else showExplanation(question, explained.value, policies, opened, out);
  return 0;
}

function questionFromFile(file: string, { case: name, principal }: ExplainOptions): CaseQuestion {
  if (principal !== undefined) throw new UsageError('--file and --principal exclude each other.');
  const read = readQuestions(file, readText(file));
  if (!read.ok) {
    const mistakes = read.error.map(({ file: at, line, message }) => `  ${at}:${line}: ${message}`);
    throw new UsageError(`${file} is not a valid file of cases:\n${mistakes.join('\n')}`);
  }
  return choose(file, read.value, name);
}

function choose(
  file: string,
  all: readonly LocatedCase<CaseQuestion>[],
  name: string | undefined,
): CaseQuestion {
  const found = name === undefined ? all : all.filter(({ value }) => value.name === name);
  const [first, second] = found;
  if (first !== undefined && second === undefined) return first.value;
  const names = all.map(({ value }) => `  ${plain(value.name)}`).join('\n');
  throw new UsageError(`Choose one case of ${file} with --case NAME:\n${names}`);
}

/**
 * The text of a file, without a byte order mark.
 *
 * @throws UsageError if the file cannot be read.
 */
export function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/^\ufeff/, '');
  } catch {
    throw new UsageError(`Cannot read ${file}.`);
  }
}
