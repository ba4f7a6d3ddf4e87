import type { Bundle, BundleError, BundleFiles } from '../bundle/bundle.ts';
import type { PolicyLanguage } from '../bundle/policy-language.ts';
import { err, ok, type Result } from '../result.ts';
import { caseErrors } from './case-errors.ts';
import { readBundle } from './read-bundle.ts';
import { benchFor, runCases } from './run-cases.ts';

/**
 * Compiles a policy bundle: reads its files, checks each alone and against the others, makes the hash,
 * and runs the cases.
 *
 * @returns the bundle, or every mistake found, with file and line.
 */
export function compileBundle(
  files: BundleFiles,
  cedar: PolicyLanguage,
): Result<Bundle, readonly BundleError[]> {
  const read = readBundle(files, cedar);
  if (!read.ok) return read;
  const { bundle, cases } = read.value;
  const errors = caseErrors(runCases(benchFor(bundle, cedar.engineFor), cases));
  return errors.length > 0 ? err(errors) : ok(bundle);
}
