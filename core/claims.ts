import type { Issuer } from './issuer.ts';
import type { Authentication, Caller, Claims, Principal } from './principal.ts';
import { err, ok, type Result } from './result.ts';
import { hasControlCodes, withoutControlCharacters } from './text.ts';

const MAX_SUBJECT_LENGTH = 512;
const MAX_NAME_LENGTH = 256;

/**
 * The caller that verified claims describe, as the issuer's entry in the bundle maps them.
 *
 * @returns the caller, or a sentence that names the claim which is missing or unusable.
 */
export function callerFromClaims(issuer: Issuer, claims: Claims): Result<Caller, string> {
  const subject = subjectFromClaims(issuer, claims);
  if (!subject.ok) return subject;
  const id = `${issuer.id}:${subject.value}`;
  const groups = groupsFromClaims(issuer, claims);
  if (!groups.ok) return groups;
  const name = claimAsText(claims[issuer.name]) ?? id;
  const principal: Principal = {
    type: issuer.type,
    id,
    issuer: issuer.id,
    name: withoutControlCharacters(name).slice(0, MAX_NAME_LENGTH),
    groups: groups.value.map((group) => `${issuer.id}:${group}`),
    tags: tagsFromClaims(issuer, claims),
  };
  return ok({
    principal,
    authentication: authenticationFromClaims(issuer, claims),
    claims: pick(claims, claimsUsed(issuer)),
  });
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
      return err(`the claim '${claim}' is too long or has control characters`);
    }
    parts.push(text);
  }
  const [only] = parts;
  return ok(parts.length === 1 && only !== undefined ? only : parts.map(encodeClaim).join('/'));
}

/**
 * The principal's id that a path names. Ids of several claims hold slashes and percent signs, and
 * gateways differ in what they decode: of all readings, the one that can be an id of its issuer.
 *
 * @param text The path's part as the gateway delivered it.
 */
export function principalIdFromPath(text: string, issuers: readonly Issuer[]): string {
  const readings = [text, decoded(text), decoded(decoded(text))];
  return readings.find((id) => isJoinedId(id, issuers)) ?? decoded(text);
}

function isJoinedId(id: string, issuers: readonly Issuer[]): boolean {
  const [issuerId = '', ...rest] = id.split(':');
  const issuer = issuers.find(({ id: known }) => known === issuerId);
  const parts = rest.join(':').split('/');
  if (issuer === undefined || issuer.subject.length < 2) return false;
  return (
    parts.length === issuer.subject.length &&
    parts.every((part) => part !== '' && encodeClaim(decoded(part)) === part)
  );
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Percent-encoding that also works on the lone surrogates which a JSON string may hold. */
function encodeClaim(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

function groupsFromClaims(issuer: Issuer, claims: Claims): Result<readonly string[], string> {
  const value = issuer.groups === undefined ? undefined : claims[issuer.groups];
  if (value === undefined || value === null) return ok([]);
  const list = typeof value === 'string' ? [value] : value;
  if (!Array.isArray(list) || !list.every((group) => typeof group === 'string')) {
    return err(`the claim '${issuer.groups}' must be a list of group names`);
  }
  return ok([...new Set(list as readonly string[])]);
}

function tagsFromClaims(issuer: Issuer, claims: Claims): Record<string, string> {
  const tags: [string, string][] = [];
  for (const claim of issuer.tags ?? []) {
    const text = claimAsText(claims[claim]);
    if (text !== null) tags.push([claim, text]);
  }
  return Object.fromEntries(tags);
}

function authenticationFromClaims(issuer: Issuer, claims: Claims): Authentication {
  const accepted = issuer.mfa?.amr ?? [];
  const methods: unknown = claims['amr'];
  const used: readonly unknown[] = Array.isArray(methods) ? methods : [methods];
  const authTime = claims['auth_time'];
  return {
    mfa: used.some((method) => typeof method === 'string' && accepted.includes(method)),
    signedInAt:
      typeof authTime === 'number' && Number.isSafeInteger(authTime) ? authTime * 1000 : null,
  };
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
