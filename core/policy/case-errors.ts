import type { BundleError } from '../bundle/bundle.ts';
import type { Decision } from '../decision.ts';
import type { CaseResult } from './run-cases.ts';

/** A bundle with a case that fails is no valid bundle: what is wrong, at the line to look at. */
export function caseErrors(results: readonly CaseResult[]): readonly BundleError[] {
  return results.flatMap(errorsOf);
}

function errorsOf({ located, result }: CaseResult): readonly BundleError[] {
  switch (result.status) {
    case 'passed':
      return [];
    case 'failed': {
      const { expect } = located.value;
      const wrong = `expected ${expected(expect)}, and it is ${got(result.decision)}`;
      const message = `case '${located.value.name}' fails: ${wrong}; mend the policies or the case`;
      return [{ ...located.error(['expect'], ''), message }];
    }
    case 'invalid':
      return result.mistakes.map(({ path, message }) => located.error(path, message));
  }
}

type Expected = CaseResult['located']['value']['expect'];

/** `deny by production-needs-mfa`. */
export function expected({ outcome, policies }: Expected): string {
  return policies === null ? outcome : got({ outcome, policies });
}

export function got({ outcome, policies }: Pick<Decision, 'outcome' | 'policies'>): string {
  return `${outcome} by ${policies.length === 0 ? 'no policy' : policies.toSorted().join(', ')}`;
}
