/** What the policy engine saw, as names and values: `principal.groups`, `facts.mfa`. */

export type Fact = { readonly name: string; readonly value: string };

export function factsOf(inputs: Readonly<Record<string, unknown>>): readonly Fact[] {
  return Object.entries(inputs).flatMap(([name, value]) => flatten(name, value));
}

function flatten(name: string, value: unknown): readonly Fact[] {
  if (Array.isArray(value) && value.every((one) => typeof one !== 'object')) {
    return [{ name, value: value.length === 0 ? 'none' : value.join(', ') }];
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const parts = Object.entries(value);
    if (parts.length === 0) return [{ name, value: 'none' }];
    return parts.flatMap(([part, inner]) => flatten(`${name}.${part}`, inner));
  }
  return [{ name, value: inWords(value) }];
}

function inWords(value: unknown): string {
  if (value === null) return 'not known';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
