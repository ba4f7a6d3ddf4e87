import type { BundleError } from '../bundle/bundle.ts';
import type { Decision } from '../decision.ts';
import type { CaseResult } from './run-cases.ts';

/** A bundle with a case that fails is no valid bundle: what is wrong, at the line to look at. */
export function caseErrors(results: readonly CaseResult[]): readonly BundleError[] {
  return results.flatMap(({ located, result }) => {
    const named = `case '${located.value.name}'`;
    switch (result.status) {
      case 'passed':
        return [];
      case 'failed': {
        const message = `${named} fails: expected ${expected(located.value.expect)}; got ${got(result.decision)}`;
        return [{ ...located.error(['expect'], ''), message }];
      }
      case 'invalid':
        return result.mistakes.map(({ path, message }) => ({
          ...located.error(path, ''),
          message: `${named}: ${path.length === 0 ? '' : `${path.map(String).join('.')}: `}${message}`,
        }));
    }
  });
}

type Expected = CaseResult['located']['value']['expect'];

/** `deny by production-needs-mfa`. */
export function expected({ outcome, policies }: Expected): string {
  return policies === null ? outcome : got({ outcome, policies });
}

export function got({ outcome, policies }: Pick<Decision, 'outcome' | 'policies'>): string {
  return `${outcome} by ${policies.length === 0 ? 'no policy' : policies.toSorted().join(', ')}`;
}
