import { shortHash } from './ids.ts';
import { addSeconds, type Instant } from './instant.ts';
import type { Issuer } from './issuer.ts';
import {
  type Authentication,
  type Caller,
  type Claims,
  MAX_PRINCIPAL_ID_BYTES,
  type Principal,
} from './principal.ts';
import { readClaim, readList, readTag, readText } from './read-claim.ts';
import { err, ok, type Result } from './result.ts';
import {
  byteLength,
  firstCharacters,
  hasControlCodes,
  isVisible,
  withoutControlCharacters,
} from './text.ts';

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
  const name = nameFromClaims(issuer, claims, id.value);
  if (!name.ok) return name;
  const authentication = authenticationFromClaims(issuer, claims, now);
  if (!authentication.ok) return authentication;
  const principal: Principal = {
    type: issuer.type,
    id: id.value,
    issuer: issuer.id,
    name: name.value,
    groups: groups.value.map((group) => `${issuer.id}:${group}`),
    tags: tags.value,
  };
  return ok({
    principal,
    authentication: authentication.value,
    claims: usedFrom(issuer, claims),
    ...tokenFromClaims(claims),
  });
}

/**
 * A hash of what tells one token of an issuer from another: its id (RFC 7519, 4.1.7), or, as many have none, when it was
 * issued and until when it is valid, and when the person signed in.
 */
function tokenFromClaims({ iss, sub, jti, iat, exp, auth_time }: Claims): Pick<Caller, 'token'> {
  const named = typeof jti === 'string' && jti !== '';
  if (!named && typeof iat !== 'number') return {};
  const own = named ? ['jti', jti] : ['iat', iat, exp ?? null, auth_time ?? null];
  return { token: shortHash(JSON.stringify([iss ?? null, sub ?? null, ...own])) };
}

function idFromClaims(issuer: Issuer, claims: Claims): Result<string, string> {
  const subject = subjectFromClaims(issuer, claims);
  if (!subject.ok) return subject;
  const id = `${issuer.id}:${subject.value}`;
  if (byteLength(id) <= MAX_PRINCIPAL_ID_BYTES) return ok(id);
  const named = issuer.subject.map((claim) => `'${claim}'`).join(' and ');
  return err(
    `the principal's id, made of ${named}, is longer than ${MAX_PRINCIPAL_ID_BYTES} bytes`,
  );
}

/** Several subject claims are joined by `/`, each percent-encoded, so that no two principals share an id. */
function subjectFromClaims(issuer: Issuer, claims: Claims): Result<string, string> {
  const parts: string[] = [];
  for (const claim of issuer.subject) {
    const text = readText(issuer, claims, claim);
    if (!text.ok) return text;
    if (text.value === null || text.value === '') {
      return err(`the token has no usable claim '${claim}', which makes the principal's id`);
    }
    if (text.value.length > MAX_SUBJECT_LENGTH || hasControlCodes(text.value)) {
      return err(`the claim '${claim}' is too long, or has control or broken characters`);
    }
    parts.push(text.value);
  }
  const [only] = parts;
  return ok(
    parts.length === 1 && only !== undefined ? only : parts.map(encodeURIComponent).join('/'),
  );
}

/** For display; the id where the claim shows nothing. */
function nameFromClaims(issuer: Issuer, claims: Claims, id: string): Result<string, string> {
  const value = readClaim(issuer, claims, issuer.name);
  // A text with broken characters is shown without them.
  const text =
    value.ok && typeof value.value === 'string'
      ? ok(value.value)
      : readText(issuer, claims, issuer.name);
  if (!text.ok) return text;
  const name = withoutControlCharacters(text.value ?? '');
  const shown = isVisible(name) ? name : withoutControlCharacters(id);
  return ok(firstCharacters(shown, MAX_NAME_LENGTH));
}

function groupsFromClaims(issuer: Issuer, claims: Claims): Result<readonly string[], string> {
  const groups = new Set<string>();
  for (const claim of issuer.groups ?? []) {
    const list = readList(issuer, claims, claim, issuer.groupSeparator);
    if (!list.ok) return list;
    for (const group of list.value ?? []) groups.add(group);
  }
  return ok([...groups]);
}

function tagsFromClaims(issuer: Issuer, claims: Claims): Result<Record<string, string>, string> {
  const tags: [string, string][] = [];
  for (const claim of issuer.tags ?? []) {
    const text = readTag(issuer, claims, claim);
    if (!text.ok) return text;
    if (text.value !== null) tags.push([claim, text.value]);
  }
  return ok(Object.fromEntries(tags));
}

function authenticationFromClaims(
  issuer: Issuer,
  claims: Claims,
  now: Instant,
): Result<Authentication, string> {
  const mfa = mfaFromClaims(issuer, claims);
  if (!mfa.ok) return mfa;
  const authTime = readClaim(issuer, claims, 'auth_time');
  if (!authTime.ok) return authTime;
  const signedIn = signedInAt(authTime.value, now);
  return signedIn.ok ? ok({ mfa: mfa.value, signedInAt: signedIn.value }) : signedIn;
}

function mfaFromClaims(issuer: Issuer, claims: Claims): Result<boolean, string> {
  if (issuer.mfa === undefined) return ok(false);
  const { amr, acr } = issuer.mfa;
  const used = amr.length === 0 ? ok([]) : readList(issuer, claims, 'amr');
  if (!used.ok) return used;
  const level = acr.length === 0 ? ok(null) : readText(issuer, claims, 'acr');
  if (!level.ok) return level;
  const byMethod = (used.value ?? []).some((method) => amr.includes(method));
  return ok(byMethod || (level.value !== null && acr.includes(level.value)));
}

/** A sign-in that lies ahead would stay fresh for ever, so it counts as none. */
function signedInAt(authTime: unknown, now: Instant): Result<Instant | null, string> {
  if (authTime === null) return ok(null);
  if (typeof authTime !== 'number' || !Number.isSafeInteger(authTime)) {
    return err("the claim 'auth_time' must be a time in whole seconds");
  }
  const at = authTime * 1000;
  return ok(at <= addSeconds(now, CLOCK_SKEW_SECONDS) ? Math.min(at, now) : null);
}

/** The claims that the issuer's entry uses, by the names that it gives them. */
function claimsUsed(issuer: Issuer): readonly string[] {
  const { subject, name, groups = [], tags = [], when, mfa } = issuer;
  const factors = [
    ...(mfa !== undefined && mfa.amr.length > 0 ? ['amr'] : []),
    ...(mfa !== undefined && mfa.acr.length > 0 ? ['acr'] : []),
    ...(mfa === undefined ? [] : ['auth_time']),
  ];
  const told = when === undefined ? [] : [when.claim];
  return [...new Set([...subject, name, ...groups, ...tags, ...told, ...factors])];
}

/** The claims that the issuer's entry uses and the caller's token does not have. */
export function missingClaims(
  issuer: Issuer,
  { claims }: Pick<Caller, 'claims'>,
): readonly string[] {
  return claimsUsed(issuer).filter((name) => !Object.hasOwn(claims, name));
}

function usedFrom(issuer: Issuer, claims: Claims): Claims {
  const { iss, aud } = claims;
  const used = claimsUsed(issuer).flatMap((name) => {
    const value = readClaim(issuer, claims, name);
    return value.ok && value.value !== null ? [[name, value.value] as const] : [];
  });
  return Object.fromEntries(
    [['iss', iss], ['aud', aud], ...used].filter(([, value]) => value !== undefined),
  );
}
