import { canonicalJson } from '../canonical-json.ts';

/** The fields in which two plain objects differ, each as `tags: [ref] → [ref, event_name]`. */
export function changesOfFields(before: object, after: object): readonly string[] {
  const [old, now] = [before as Fields, after as Fields];
  const names = [...new Set([...Object.keys(old), ...Object.keys(now)])];
  return names.flatMap((name) => {
    const [was, is] = [ownField(old, name), ownField(now, name)];
    if (canonicalJson(was ?? null) === canonicalJson(is ?? null)) return [];
    return [`${name}: ${show(was)} → ${show(is)}`];
  });
}

type Fields = Readonly<Record<string, unknown>>;

/** An author's name, such as `constructor`, is never that of a field which every object has. */
export function ownField<T>(from: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(from, name) ? from[name] : undefined;
}

/** A value as a person would write it. */
export function show(value: unknown): string {
  if (value === undefined) return 'none';
  if (Array.isArray(value)) return `[${value.map(show).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const fields = Object.entries(value).map(([name, field]) => `${name}: ${show(field)}`);
  return `{ ${fields.join(', ')} }`;
}
