import type { Issuer } from './issuer.ts';
import { type Claims, LIST_SEPARATOR } from './principal.ts';
import { err, ok, type Result } from './result.ts';

/**
 * One claim of a verified token, read whole or not at all. A claim that is there and cannot be used is an error
 * and never counts as absent: a policy that forbids by it would stop applying. JSON's null says that there is none.
 */

/** Null where the token does not have the claim. */
type Read<T> = Result<T | null, string>;

/** The keys that lead to a claim, which the issuer's entry may give another name. */
export function pathOf({ claims = {} }: Pick<Issuer, 'claims'>, name: string): readonly string[] {
  return (Object.hasOwn(claims, name) ? claims[name] : undefined) ?? [name];
}

export function readClaim(issuer: Issuer, claims: Claims, name: string): Read<unknown> {
  const path = pathOf(issuer, name);
  let value: unknown = claims;
  for (const [depth, key] of path.entries()) {
    if (value === undefined || value === null) break;
    if (!isObject(value)) {
      return err(
        `the claim '${name}' cannot be read: '${path.slice(0, depth).join("' → '")}' is not an object`,
      );
    }
    value = Object.hasOwn(value, key) ? value[key] : undefined;
  }
  const names = claims['_claim_names'] ?? null;
  if (names !== null && !isObject(names)) {
    return err("the claim '_claim_names' of the token is not an object, as OpenID Connect has it");
  }
  const pointer = pointerTo(claims, path[0] ?? name);
  if (pointer !== null) {
    return err(
      `the token does not hold the claim '${name}', but points to it ('${pointer}'); let the issuer put fewer values into it`,
    );
  }
  return ok(value ?? null);
}

/**
 * Where a provider keeps a claim that is too large for a token.
 *
 * @see https://openid.net/specs/openid-connect-core-1_0.html#AggregatedDistributedClaims
 * @see https://learn.microsoft.com/en-us/entra/identity-platform/access-token-claims-reference#groups-overage-claim
 */
function pointerTo(claims: Claims, claim: string): string | null {
  const names = claims['_claim_names'];
  if (isObject(names) && Object.hasOwn(names, claim)) return '_claim_names';
  const many = claims['hasgroups'];
  return claim === 'groups' && many !== undefined && many !== false && many !== 'false'
    ? 'hasgroups'
    : null;
}

/** The opposite of `readClaim`: a token's claims that have these values under the names of the issuer's entry. */
export function claimsNamed(issuer: Issuer, named: Claims): Claims {
  const claims: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(named)) {
    const path = pathOf(issuer, name);
    let inside = claims;
    for (const key of path.slice(0, -1)) {
      const next = Object.hasOwn(inside, key) ? inside[key] : undefined;
      const object: Record<string, unknown> = isObject(next) ? { ...next } : {};
      inside[key] = object;
      inside = object;
    }
    inside[path.at(-1) ?? name] = value;
  }
  return claims;
}

/** Texts, whole numbers and booleans have one text each. */
export function readText(issuer: Issuer, claims: Claims, name: string): Read<string> {
  const value = readClaim(issuer, claims, name);
  if (!value.ok || value.value === null) return value.ok ? ok(null) : value;
  const text = asText(value.value);
  if (text === null)
    return err(
      `the claim '${name}' is ${kindOf(value.value)}, and must be text, a whole number or a boolean`,
    );
  return text.isWellFormed() ? ok(text) : broken(name);
}

/** As a text; a list of texts as `|a|b|`, so that a policy can ask `like "*|a|*"`. */
export function readTag(issuer: Issuer, claims: Claims, name: string): Read<string> {
  const value = readClaim(issuer, claims, name);
  if (!value.ok || !Array.isArray(value.value)) {
    const text = readText(issuer, claims, name);
    if (!text.ok || text.value === null || !text.value.startsWith(LIST_SEPARATOR)) return text;
    return err(`the claim '${name}' begins with '${LIST_SEPARATOR}', as only lists do in tags`);
  }
  const texts = textsOf(value.value, name);
  if (!texts.ok) return texts;
  const ambiguous = texts.value.find((text) => text.includes(LIST_SEPARATOR));
  if (ambiguous !== undefined) {
    return err(
      `the claim '${name}' lists a value with '${LIST_SEPARATOR}', which separates the values of a list in tags`,
    );
  }
  return ok([...texts.value, ''].map((text) => `${LIST_SEPARATOR}${text}`).join(''));
}

/** As JSON, or as some providers write attributes of several values: `[a, b]`. */
const LIST_AS_TEXT = /^\s*(?:\[.*\]|\{.*\})\s*$/s;

/** A list of texts; one text is a list of one, or of several where the issuer's entry has a separator. */
export function readList(
  issuer: Issuer,
  claims: Claims,
  name: string,
  separator?: string,
): Read<readonly string[]> {
  const value = readClaim(issuer, claims, name);
  if (!value.ok || value.value === null) return value.ok ? ok(null) : value;
  if (Array.isArray(value.value) && value.value.every((one) => typeof one === 'string'))
    return textsOf(value.value, name);
  if (typeof value.value !== 'string')
    return err(`the claim '${name}' must be a list of texts, or one text`);
  if (LIST_AS_TEXT.test(value.value)) {
    return err(
      `the claim '${name}' is a list written as a text; let the issuer put the list itself into the token`,
    );
  }
  if (!value.value.isWellFormed()) return broken(name);
  if (separator === undefined) return ok([value.value]);
  return ok(value.value.split(separator).filter((text) => text !== ''));
}

function textsOf(list: readonly unknown[], name: string): Result<readonly string[], string> {
  const texts: string[] = [];
  for (const one of list) {
    const text = asText(one);
    if (text === null)
      return err(
        `the claim '${name}' lists ${kindOf(one)}, and may list only texts, whole numbers and booleans`,
      );
    if (!text.isWellFormed()) return broken(name);
    texts.push(text);
  }
  return ok(texts);
}

function asText(value: unknown): string | null {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean' || Number.isSafeInteger(value)) return String(value);
  return null;
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  return Number.isInteger(value) ? 'too large a number' : 'a fraction';
}

/** Half a surrogate pair is no character: no store accepts it, and policies could not name it. */
function broken(name: string): Result<never, string> {
  return err(`the claim '${name}' has a broken character (half of a surrogate pair)`);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
