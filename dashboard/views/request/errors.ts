import { fieldError, Problem } from '../../api/problem.ts';
import type { Checked } from './form.ts';

/** What is wrong with each field, from the page's own check, the live answer and the request. */
export type ErrorOf = (pointer: string) => string | null;

/**
 * @param all also what is only empty: once somebody wants to send the form
 * @param answers what the broker said of the form as it is
 */
export function errorsOf(checked: Checked, all: boolean, answers: readonly unknown[]): ErrorOf {
  return (pointer) => {
    const mistakes = checked.ok ? [] : checked.mistakes;
    const found = mistakes.find((one) => one.pointer === pointer && (all || !one.missing));
    if (found !== undefined) return found.detail;
    const said = answers.map((answer) => fieldError(answer, pointer) ?? within(answer, pointer));
    const detail = said.find((one) => one !== null) ?? null;
    return detail === null ? null : `This ${detail}.`;
  };
}

/** Of `/scope/actions/0` at the field of all actions. */
function within(error: unknown, pointer: string): string | null {
  if (!(error instanceof Problem)) return null;
  const found = error.document.errors?.find((one) => one.pointer.startsWith(`${pointer}/`));
  return found?.detail ?? null;
}
