import type { Entitlement } from '../entitlement.ts';
import { BUILT_IN_PLACEHOLDERS } from '../session-policy/parameters.ts';
import { textsOf } from '../session-policy/statement-texts.ts';
import { placeholdersIn } from '../session-policy/template.ts';
import type { BundleError } from './bundle.ts';
import type { Located } from './yaml-file.ts';

/** Placeholders in statements are known, complete, and never where a value could become a variable. */
export function checkPlaceholders({ value, error }: Located<Entitlement>): readonly BundleError[] {
  return value.statements.flatMap((statement, index) =>
    textsOf(statement).flatMap(({ path, text }) =>
      mistakesInPlaceholders(text, value).map((mistake) =>
        error(['statements', index, ...path], mistake),
      ),
    ),
  );
}

/** The placeholders that some statement contains. */
export function usedPlaceholders({ statements }: Entitlement): ReadonlySet<string> {
  return new Set(statements.flatMap(textsOf).flatMap(({ text }) => placeholdersIn(text)));
}

export function mistakesInPlaceholders(
  text: string,
  { parameters }: Pick<Entitlement, 'parameters'>,
): readonly string[] {
  const known = [...Object.keys(parameters), ...BUILT_IN_PLACEHOLDERS];
  const mistakes = placeholdersIn(text)
    .filter((name) => !known.includes(name))
    .map((name) => `{{${name}}} is not a known placeholder; the known ones are: ${list(known)}`);
  if (/\{\{|\}\}/.test(text.replace(/\{\{[^{}]*\}\}/g, ''))) {
    mistakes.push('has {{ or }} outside of a placeholder; write each placeholder as {{name}}');
  }
  if (/\$\{*\{\{|\$\{[^}]*\{\{/.test(text)) {
    mistakes.push(
      'has a placeholder inside or right after ${, where its value could become an IAM policy variable; move the placeholder',
    );
  }
  return mistakes;
}

function list(names: readonly string[]): string {
  return names.map((name) => `{{${name}}}`).join(', ');
}
