import { createHash } from 'node:crypto';

/** Crockford's base 32 in lower case: no letters that read like digits, safe in every AWS name. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

const GRANT_ID_LENGTH = 20;
const SESSION_ID_LENGTH = 26;
const EVENT_ID_LENGTH = 20;

/** A source of unguessable bytes, passed in by the composition root. */
export type RandomBytes = (length: number) => Uint8Array;

export const GRANT_ID = /^gr_[0-9a-hjkmnp-tv-z]{20}$/;

/** `gr_` and 100 random bits. */
export function newGrantId(random: RandomBytes): string {
  return `gr_${encode(random(GRANT_ID_LENGTH))}`;
}

/**
 * `vk_` and 130 random bits: the RoleSessionName. It must not be predictable, because a resource
 * policy that names a session ARN is not limited by the session policy (IAM User Guide, "Session
 * policies").
 */
export function newSessionName(random: RandomBytes): string {
  return `vk_${encode(random(SESSION_ID_LENGTH))}`;
}

export function newEventId(random: RandomBytes): string {
  return `ev_${encode(random(EVENT_ID_LENGTH))}`;
}

export const SHORT_HASH = /^[0-9a-hjkmnp-tv-z]{16}$/;

/** 80 bits of SHA-256 in 16 characters: enough for every immutable id that a broker will ever see. */
export function shortHash(text: string): string {
  return encode(createHash('sha256').update(text).digest().subarray(0, 16));
}

/** SHA-256 as `sha256:` and 64 hexadecimal digits. */
export function sha256(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

function encode(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => ALPHABET[byte % ALPHABET.length]).join('');
}
