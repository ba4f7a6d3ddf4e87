import * as z from 'zod';
import type { BundleError } from '../bundle/bundle.ts';
import { type Located, readYaml } from '../bundle/yaml-file.ts';
import { err, ok, type Result } from '../result.ts';
import {
  type CaseQuestion,
  casesFile,
  type LocatedCase,
  questionFile,
  questionsFile,
} from './cases-file.ts';

/** Reads a file of `cases/`. */
export function readCases(
  file: string,
  text: string,
): Result<readonly LocatedCase[], readonly BundleError[]> {
  return readList(file, text, casesFile);
}

/** Reads a single case or a list of cases, whose expectations are optional. */
export function readQuestions(
  file: string,
  text: string,
): Result<readonly LocatedCase<CaseQuestion>[], readonly BundleError[]> {
  const written = readYaml(file, text, z.unknown());
  if (written.ok && Array.isArray(written.value.value)) return readList(file, text, questionsFile);
  const read = readYaml(file, text, questionFile);
  return read.ok ? ok([locate(read.value, read.value.value, [])]) : read;
}

function readList<T extends CaseQuestion>(
  file: string,
  text: string,
  shape: z.ZodType<readonly T[]>,
): Result<readonly LocatedCase<T>[], readonly BundleError[]> {
  const read = readYaml(file, text, shape);
  if (!read.ok) return err(read.error.map(countedFromOne));
  return ok(read.value.value.map((value, index) => locate(read.value, value, [index])));
}

/** A case that is not valid may have no name, so its error has its number, counted from 1. */
function countedFromOne(error: BundleError): BundleError {
  const message = error.message.replace(
    /^(\d+)(?:\.|: )/,
    (_, index: string) => `case ${Number(index) + 1}: `,
  );
  return { ...error, message };
}

function locate<T extends CaseQuestion>(
  { file, error }: Located<unknown>,
  value: T,
  place: readonly PropertyKey[],
): LocatedCase<T> {
  return {
    value,
    file,
    line: error([...place, 'name'], '').line,
    error: (path, message) => ({
      ...error([...place, ...path], message),
      message: `case '${value.name}': ${path.length === 0 ? '' : `${path.map(String).join('.')}: `}${message}`,
    }),
  };
}
