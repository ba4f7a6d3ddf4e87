import { shortHash } from './ids.ts';
import type { Instant } from './instant.ts';

/**
 * The longest id of a principal, in bytes. Ids are part of the table's keys, and a sort key has at most
 * 1,024 bytes (DynamoDB Developer Guide, "Constraints").
 */
export const MAX_PRINCIPAL_ID_BYTES = 1000;

export type PrincipalType = 'User' | 'Workload';

/** Who calls. Only `id`, which is immutable, is ever compared; `name` is for display. */
export type Principal = {
  readonly type: PrincipalType;
  readonly id: string;
  readonly issuer: string;
  readonly name: string;
  /** Qualified: `<issuer id>:<group>`. */
  readonly groups: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
};

/** Separates the values of a list in a tag: `|a|b|`. */
export const LIST_SEPARATOR = '|';

/**
 * The one value of a claim that identifies something, such as a person or a job: a list, however short,
 * identifies nothing.
 *
 * @returns null where the token lacks the claim, or has a list for it.
 */
export function identifyingTag({ tags }: Pick<Principal, 'tags'>, claim: string): string | null {
  const value = Object.hasOwn(tags, claim) ? tags[claim] : undefined;
  return value === undefined || value.startsWith(LIST_SEPARATOR) ? null : value;
}

/** How the principal proved itself in this call. */
export type Authentication = {
  readonly mfa: boolean;
  /** When the principal signed in (`auth_time`), if the token says so. */
  readonly signedInAt: Instant | null;
};

export type Claims = Readonly<Record<string, unknown>>;

export type Caller = {
  readonly principal: Principal;
  readonly authentication: Authentication;
  /** Only the claims that made the principal. */
  readonly claims: Claims;
  /** Tells tokens apart, without being one; absent where the token says too little. */
  readonly token?: string;
};

/**
 * A principal's name in `SourceIdentity`: readable, unique, at most 40 characters of `[a-z0-9-]`, without a
 * dot. The slug changes with the display name; the hash of the id never does.
 */
export function principalKey(principal: Pick<Principal, 'id' | 'name'>): string {
  const slug = principal.name
    .toLowerCase()
    .replace(/@.*/, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-/, '')
    .slice(0, 23)
    .replace(/-$/, '');
  return `${slug === '' ? 'principal' : slug}-${shortHash(principal.id)}`;
}
