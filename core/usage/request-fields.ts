/** Careful looks into a request: its values are what callers wrote. */

export type Request = Readonly<Record<string, unknown>>;

/** Longer than any name, key or ARN of AWS: S3 keys have at most 1,024 bytes. */
const LONGEST = 2048;

/** Wildcards and policy variables would make a pattern of a name. */
const ODD = /[\p{Cc}\p{Cs}\u2028\u2029*?]|\$\{/u;

export function isObject(value: unknown): value is Request {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The text as it can stand in an ARN; null for anything else. */
export function plainText(value: unknown): string | null {
  return typeof value === 'string' && value !== '' && value.length <= LONGEST && !ODD.test(value)
    ? value
    : null;
}

/** The first of the fields that is there. */
export function field(request: Request, ...names: readonly string[]): string | null {
  const name = names.find((key) => request[key] !== undefined && request[key] !== null);
  return name === undefined ? null : plainText(request[name]);
}

export function objectsIn(value: unknown): readonly Request[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** The only text of a list; null where there are several, or none. */
export function onlyText(value: unknown): string | null {
  return Array.isArray(value) && value.length === 1 ? plainText(value[0]) : null;
}
