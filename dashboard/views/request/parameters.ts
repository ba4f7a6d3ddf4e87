import type { Entitlement } from '../../api/types.ts';

/** One parameter of an entitlement, from its JSON Schema. */
export type Spec = {
  readonly name: string;
  readonly kind: 'text' | 'choice' | 'boolean';
  readonly description: string;
  readonly values: readonly string[];
  readonly pattern: string | null;
  readonly maxLength: number | null;
};

export function specsOf({ parameters }: Pick<Entitlement, 'parameters'>): readonly Spec[] {
  return Object.entries(record(parameters['properties'])).map(([name, found]) => {
    const { type, description, enum: values, pattern, maxLength } = record(found);
    const kind = type === 'boolean' ? 'boolean' : Array.isArray(values) ? 'choice' : 'text';
    return {
      name,
      kind,
      description: typeof description === 'string' ? description : '',
      values: Array.isArray(values) ? values.map(String) : [],
      pattern: typeof pattern === 'string' ? pattern : null,
      maxLength: typeof maxLength === 'number' ? maxLength : null,
    };
  });
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

/** What is wrong with the value, in a sentence; null if nothing is. */
export function parameterMistake(spec: Spec, value: string): string | null {
  if (value === '') return 'Fill this in.';
  if (spec.kind === 'choice' && !spec.values.includes(value))
    return `Choose one of: ${spec.values.join(', ')}.`;
  if (spec.maxLength !== null && value.length > spec.maxLength)
    return `Write at most ${spec.maxLength} characters.`;
  if (/[*?$]/.test(value)) return 'The characters *, ? and $ are never allowed.';
  if (spec.pattern !== null && !matches(spec.pattern, value))
    return `The whole value must match ${readable(spec.pattern)}`;
  return null;
}

/** A pattern that this browser does not know is for the broker to check. */
function matches(pattern: string, value: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(value);
  } catch {
    return true;
  }
}

/** As the author of the entitlement wrote it, without what the broker put around it. */
export function readable(pattern: string): string {
  return pattern.replace(/^\^\(\?:(.*)\)\$$/s, '$1');
}
