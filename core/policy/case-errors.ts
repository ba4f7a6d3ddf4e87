import type { BundleError } from '../bundle/bundle.ts';
import type { Decision } from '../decision.ts';
import type { CaseResult } from './run-cases.ts';

/** Cases that fail or cannot be asked make a bundle invalid; each error has the line to look at. */
export function caseErrors(results: readonly CaseResult[]): readonly BundleError[] {
  return results.flatMap(errorsOf);
}

function errorsOf({ located, result }: CaseResult): readonly BundleError[] {
  switch (result.status) {
    case 'passed':
      return [];
    case 'failed': {
      const { name, expect } = located.value;
      const difference = `expected ${expected(expect)}, got ${got(result.decision)}`;
      const message = `case '${name}' fails: ${difference}; correct the policies or the case`;
      return [{ ...located.error(['expect'], ''), message }];
    }
    case 'invalid':
      return result.mistakes.map(({ path, message }) => located.error(path, message));
  }
}

type Expected = CaseResult['located']['value']['expect'];

/** The expectation in words, such as `deny by production-needs-mfa`. */
export function expected({ outcome, policies }: Expected): string {
  return policies === null ? outcome : got({ outcome, policies });
}

/** The decision in the same words. */
export function got({ outcome, policies }: Pick<Decision, 'outcome' | 'policies'>): string {
  return `${outcome} by ${policies.length === 0 ? 'no policy' : policies.toSorted().join(', ')}`;
}
