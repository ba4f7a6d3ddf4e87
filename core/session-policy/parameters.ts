import type { Entitlement, ParameterSpec, Parameters } from '../entitlement.ts';
import type { FieldError } from '../field-error.ts';
import { escapePointer } from '../field-error.ts';
import { err, ok, type Result } from '../result.ts';

/** What the name of a parameter may be; every statement may also use the built-in placeholders. */
export const PARAMETER_NAME = /^[a-z][a-zA-Z0-9]{0,31}$/;
export const BUILT_IN_PLACEHOLDERS: readonly string[] = ['account', 'region', 'partition'];

export const DEFAULT_MAX_LENGTH = 128;

/** IAM's wildcards, and the start of its variables: never accepted, whatever a pattern says. */
const SPECIAL_TO_IAM = /[*?$]/;
/** IAM compares paths as text, but a client or a proxy may normalise them on the way to the service. */
const PATH_TRICKS = /\/\/|(^|\/)\.{1,2}(\/|$)/;
const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;
/** Letters, marks, numbers, punctuation, symbols and the plain space. */
const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]*$/u;
/** Characters of two UTF-16 units; without them the length of a text is its number of characters. */
const ASTRAL = /[\u{10000}-\u{10ffff}]/u;

/**
 * Checks the values that a caller sent against the parameters that the entitlement declares.
 *
 * @returns the values in the order of their declaration, or every mistake with its JSON pointer.
 */
export function checkParameters(
  entitlement: Entitlement,
  given: Readonly<Record<string, unknown>>,
): Result<Parameters, readonly FieldError[]> {
  const errors: FieldError[] = [];
  const values: [string, string][] = [];
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(entitlement.parameters, name)) {
      errors.push({ pointer: pointerTo(name), detail: unknownParameter(entitlement, name) });
    }
  }
  for (const [name, spec] of Object.entries(entitlement.parameters)) {
    const value = textOf(spec, Object.hasOwn(given, name) ? given[name] : undefined);
    const mistake = mistakeIn(spec, value);
    if (mistake !== null) errors.push({ pointer: pointerTo(name), detail: mistake });
    else values.push([name, value as string]);
  }
  return errors.length === 0 ? ok(Object.fromEntries(values)) : err(errors);
}

/** Anchors a pattern on both sides; without the group, `^a|b$` would be anchored on one side each. */
export function fullMatch(pattern: string): RegExp {
  return new RegExp(`^(?:${pattern})$`, 'u');
}

function mistakeIn(spec: ParameterSpec, value: unknown): string | null {
  if (value === undefined) return `is missing: ${spec.description}`;
  if (typeof value !== 'string') return 'must be a string';
  if (value.length > spec.maxLength) return `is longer than ${spec.maxLength} characters`;
  if (spec.unicode !== true && !PRINTABLE_ASCII.test(value)) return NOT_ASCII;
  if (spec.unicode === true && !isPlainUnicode(value)) return NOT_PLAIN_UNICODE;
  if (SPECIAL_TO_IAM.test(value)) return 'may not contain *, ? or $';
  if (!fullMatch(spec.pattern).test(value)) return mismatch(spec);
  if (PATH_TRICKS.test(value)) return 'may not contain // or a path segment . or ..';
  return null;
}

const NOT_ASCII = 'may contain only printable ASCII characters';
const NOT_PLAIN_UNICODE =
  'may contain only letters, marks, numbers, punctuation, symbols and spaces of the Basic Multilingual Plane, normalised to NFKC';

/** Requires the normalised form, so that a `*` of another width is refused as what it stands for. */
export function isPlainUnicode(value: string): boolean {
  return PRINTABLE.test(value) && !ASTRAL.test(value) && value.normalize('NFKC') === value;
}

function mismatch({ values, pattern }: ParameterSpec): string {
  return values ? `must be one of: ${values.join(', ')}` : `must match ${pattern} as a whole`;
}

/** Parameters are text; only a declared boolean may also come as a JSON boolean. */
function textOf(spec: ParameterSpec, value: unknown): unknown {
  return spec.boolean && typeof value === 'boolean' ? String(value) : value;
}

function unknownParameter(entitlement: Entitlement, name: string): string {
  const known = Object.keys(entitlement.parameters);
  const hint = known.length === 0 ? 'it has none' : `its parameters are ${known.join(', ')}`;
  return `'${name.slice(0, 64)}' is not a parameter of ${entitlement.id}; ${hint}`;
}

function pointerTo(name: string): string {
  return `/parameters/${escapePointer(name.slice(0, 64))}`;
}
