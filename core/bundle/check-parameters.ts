import type { Entitlement, ParameterSpec } from '../entitlement.ts';
import {
  BUILT_IN_PLACEHOLDERS,
  checkParameters as checkValues,
  PARAMETER_NAME,
} from '../session-policy/parameters.ts';
import type { BundleError } from './bundle.ts';
import { usedPlaceholders } from './check-placeholders.ts';
import { inspectPattern } from './pattern.ts';
import type { Located } from './yaml-file.ts';

/** The names and patterns of an entitlement's parameters. */
export function checkParameters({ value, error }: Located<Entitlement>): readonly BundleError[] {
  const used = usedPlaceholders(value);
  return Object.entries(value.parameters).flatMap(([name, spec]) => {
    const nameMistake = mistakeInName(name, used);
    if (nameMistake !== null) return [error(['parameters', name], nameMistake)];
    const facts = inspectPattern(spec);
    const mistake = facts.ok ? deadEnd(value, name, spec, facts.value.sample) : facts.error;
    return mistake === null ? [] : [error(['parameters', name, 'pattern'], mistake)];
  });
}

function mistakeInName(name: string, used: ReadonlySet<string>): string | null {
  if (BUILT_IN_PLACEHOLDERS.includes(name)) {
    return `is built in: {{${name}}} works without a parameter; choose another name`;
  }
  if (!PARAMETER_NAME.test(name)) {
    return 'is not a valid name; use at most 32 letters and digits, starting with a lower-case letter';
  }
  if (used.has(name)) return null;
  return `is not used in any statement; write {{${name}}} where the value belongs, or remove it`;
}

/** A pattern whose simplest match is refused at request time is of no use. */
function deadEnd(
  entitlement: Entitlement,
  name: string,
  spec: ParameterSpec,
  sample: string,
): string | null {
  const parameters = { [name]: { ...spec, maxLength: Number.POSITIVE_INFINITY } };
  const checked = checkValues({ ...entitlement, parameters }, { [name]: sample });
  if (checked.ok) return null;
  return `has '${sample}' as its simplest match, but a value ${checked.error[0]?.detail}; change the pattern`;
}
