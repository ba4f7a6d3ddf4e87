import { addSeconds, type Instant } from './instant.ts';
import type { Issuer } from './issuer.ts';
import {
  type Authentication,
  type Caller,
  type Claims,
  MAX_PRINCIPAL_ID_BYTES,
  type Principal,
} from './principal.ts';
import { err, ok, type Result } from './result.ts';
import { firstCharacters, hasControlCodes, isVisible, withoutControlCharacters } from './text.ts';

const MAX_SUBJECT_LENGTH = 512;
const MAX_NAME_LENGTH = 256;

/** The clocks of issuer and broker differ; token times are read with the same tolerance. */
const CLOCK_SKEW_SECONDS = 60;

/**
 * The caller that verified claims describe, as the issuer's entry in the bundle maps them.
 *
 * @returns the caller, or a sentence that names the claim which is missing or unusable.
 */
export function callerFromClaims(
  issuer: Issuer,
  claims: Claims,
  now: Instant,
): Result<Caller, string> {
  const id = idFromClaims(issuer, claims);
  if (!id.ok) return id;
  const groups = groupsFromClaims(issuer, claims);
  if (!groups.ok) return groups;
  const tags = tagsFromClaims(issuer, claims);
  if (!tags.ok) return tags;
  const principal: Principal = {
    type: issuer.type,
    id: id.value,
    issuer: issuer.id,
    name: nameFromClaims(issuer, claims, id.value),
    groups: groups.value.map((group) => `${issuer.id}:${group}`),
    tags: tags.value,
  };
  return ok({
    principal,
    authentication: authenticationFromClaims(issuer, claims, now),
    claims: pick(claims, claimsUsed(issuer)),
  });
}

function idFromClaims(issuer: Issuer, claims: Claims): Result<string, string> {
  const subject = subjectFromClaims(issuer, claims);
  if (!subject.ok) return subject;
  const id = `${issuer.id}:${subject.value}`;
  if (Buffer.byteLength(id) <= MAX_PRINCIPAL_ID_BYTES) return ok(id);
  const named = issuer.subject.map((claim) => `'${claim}'`).join(' and ');
  return err(
    `the principal's id, made of ${named}, is longer than ${MAX_PRINCIPAL_ID_BYTES} bytes`,
  );
}

/** Several subject claims are joined by `/`, each percent-encoded, so that no two principals share an id. */
function subjectFromClaims(issuer: Issuer, claims: Claims): Result<string, string> {
  const parts: string[] = [];
  for (const claim of issuer.subject) {
    const text = claimAsText(claims[claim]);
    if (text === null || text === '') {
      return err(`the token has no usable claim '${claim}', which makes the principal's id`);
    }
    if (text.length > MAX_SUBJECT_LENGTH || hasControlCodes(text)) {
      return err(`the claim '${claim}' is too long, or has control or broken characters`);
    }
    parts.push(text);
  }
  const [only] = parts;
  return ok(
    parts.length === 1 && only !== undefined ? only : parts.map(encodeURIComponent).join('/'),
  );
}

/** For display; the id where the claim shows nothing. */
function nameFromClaims(issuer: Issuer, claims: Claims, id: string): string {
  const name = withoutControlCharacters(claimAsText(claims[issuer.name]) ?? '');
  const shown = isVisible(name) ? name : withoutControlCharacters(id);
  return firstCharacters(shown, MAX_NAME_LENGTH);
}

function groupsFromClaims(issuer: Issuer, claims: Claims): Result<readonly string[], string> {
  const value = issuer.groups === undefined ? undefined : claims[issuer.groups];
  if (value === undefined || value === null) return ok([]);
  const list = typeof value === 'string' ? [value] : value;
  if (!Array.isArray(list) || !list.every((group) => typeof group === 'string')) {
    return err(`the claim '${issuer.groups}' must be a list of group names`);
  }
  if (!list.every((group) => group.isWellFormed())) return broken(issuer.groups);
  return ok([...new Set(list as readonly string[])]);
}

function tagsFromClaims(issuer: Issuer, claims: Claims): Result<Record<string, string>, string> {
  const tags: [string, string][] = [];
  for (const claim of issuer.tags ?? []) {
    const text = claimAsText(claims[claim]);
    if (text?.isWellFormed() === false) return broken(claim);
    if (text !== null) tags.push([claim, text]);
  }
  return ok(Object.fromEntries(tags));
}

/** Half a surrogate pair is no character: no store accepts it, and policies could not name it. */
function broken(claim: string | undefined): Result<never, string> {
  return err(`the claim '${claim}' has a broken character (half of a surrogate pair)`);
}

function authenticationFromClaims(issuer: Issuer, claims: Claims, now: Instant): Authentication {
  const accepted = issuer.mfa?.amr ?? [];
  const methods: unknown = claims['amr'];
  const used: readonly unknown[] = Array.isArray(methods) ? methods : [methods];
  return {
    mfa: used.some((method) => typeof method === 'string' && accepted.includes(method)),
    signedInAt: signedInAt(claims['auth_time'], now),
  };
}

/** A sign-in that lies ahead would stay fresh for ever, so it counts as none. */
function signedInAt(authTime: unknown, now: Instant): Instant | null {
  if (typeof authTime !== 'number' || !Number.isSafeInteger(authTime)) return null;
  const at = authTime * 1000;
  return at <= addSeconds(now, CLOCK_SKEW_SECONDS) ? Math.min(at, now) : null;
}

function claimsUsed(issuer: Issuer): readonly string[] {
  const groups = issuer.groups === undefined ? [] : [issuer.groups];
  const mfa = issuer.mfa === undefined ? [] : ['amr', 'auth_time'];
  return ['iss', 'aud', ...issuer.subject, issuer.name, ...groups, ...(issuer.tags ?? []), ...mfa];
}

/** Strings, whole numbers and booleans have one text each; anything else is not a usable claim. */
function claimAsText(value: unknown): string | null {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean' || Number.isSafeInteger(value)) return String(value);
  return null;
}

function pick(claims: Claims, names: readonly string[]): Claims {
  return Object.fromEntries(Object.entries(claims).filter(([name]) => names.includes(name)));
}
