import type { Entitlement, ParameterSpec, Parameters } from '../entitlement.ts';
import type { FieldError } from '../field-error.ts';
import { escapePointer } from '../field-error.ts';
import { err, ok, type Result } from '../result.ts';

/** Names of parameters; `account` and `region` are the deployment's and always there. */
export const PARAMETER_NAME = /^[a-z][a-zA-Z0-9]{0,31}$/;
export const DEPLOYMENT_PLACEHOLDERS: readonly string[] = ['account', 'region'];

export const DEFAULT_MAX_LENGTH = 128;

/** Never accepted, whatever a pattern says: they mean something to IAM (wildcards, variables). */
const MEANS_SOMETHING_TO_IAM = /[*?$]/;
/** IAM compares text, but what stands between caller and service may clean paths up first. */
const PATH_TRICKS = /\/\/|(^|\/)\.{1,2}(\/|$)/;
const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;
/** Letters, marks, numbers, punctuation, symbols and the plain space; no control or private ones. */
const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]*$/u;
/** Two UTF-16 units each; without them a text's length is its number of characters. */
const ASTRAL = /[\u{10000}-\u{10ffff}]/u;

/**
 * Checks the values that a caller sent against the entitlement's declarations.
 *
 * @returns the values, in the order of their declaration, or every mistake with its JSON pointer.
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

/** `^(?:…)$`: without the group, `^a|b$` would be anchored on one side only. */
export function fullMatch(pattern: string): RegExp {
  return new RegExp(`^(?:${pattern})$`, 'u');
}

function mistakeIn(spec: ParameterSpec, value: unknown): string | null {
  if (value === undefined) return `is missing: ${spec.description}`;
  if (typeof value !== 'string') return 'must be a string';
  if (value.length > spec.maxLength) return `is longer than ${spec.maxLength} characters`;
  if (spec.unicode !== true && !PRINTABLE_ASCII.test(value)) return NOT_ASCII;
  if (spec.unicode === true && !isPlainUnicode(value)) return NOT_PLAIN_UNICODE;
  if (MEANS_SOMETHING_TO_IAM.test(value)) return 'may not hold *, ? or $';
  if (!fullMatch(spec.pattern).test(value)) return mismatch(spec);
  if (PATH_TRICKS.test(value)) return 'may hold neither // nor a path part of . or ..';
  return null;
}

const NOT_ASCII = 'may hold printable ASCII characters only';
const NOT_PLAIN_UNICODE =
  'may hold letters, marks, numbers, punctuation, symbols and spaces of the Basic Multilingual Plane only, normalised (NFKC)';

/** One form for each text: what looks like `*` in another width normalises to it, and is refused. */
export function isPlainUnicode(value: string): boolean {
  return PRINTABLE.test(value) && !ASTRAL.test(value) && value.normalize('NFKC') === value;
}

function mismatch({ values, pattern }: ParameterSpec): string {
  return values ? `must be one of: ${values.join(', ')}` : `must match ${pattern} as a whole`;
}

/** Every parameter is text from here on; only a declared boolean may come as JSON's own. */
function textOf(spec: ParameterSpec, value: unknown): unknown {
  return spec.boolean && typeof value === 'boolean' ? String(value) : value;
}

function unknownParameter(entitlement: Entitlement, name: string): string {
  const known = Object.keys(entitlement.parameters);
  const hint = known.length === 0 ? 'it takes none' : `it takes ${known.join(', ')}`;
  return `'${name.slice(0, 64)}' is not a parameter of ${entitlement.id}; ${hint}`;
}

function pointerTo(name: string): string {
  return `/parameters/${escapePointer(name.slice(0, 64))}`;
}
