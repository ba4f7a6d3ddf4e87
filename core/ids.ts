import { createHash } from 'node:crypto';
import type { Instant } from './instant.ts';

/** Crockford's base 32 in lower case: no letters that read like digits, safe in every AWS name. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** Characters of a grant id after `gr_`: milliseconds in base 32, then 60 random bits. */
const TIME_LENGTH = 8;
const GRANT_RANDOM_LENGTH = 12;
const SESSION_ID_LENGTH = 26;
const EVENT_ID_LENGTH = 20;

/** A source of unguessable bytes, passed in by the composition root. */
export type RandomBytes = (length: number) => Uint8Array;

export const GRANT_ID = /^gr_[0-9a-hjkmnp-tv-z]{20}$/;

/** What ids of events can look like; checked where one becomes part of a path or a key. */
export const EVENT_ID = /^[\w-]{1,64}$/;

const GRANT = 'gr_';

/** The time of the earliest grant id. Eight characters last for 34 years from then. */
const EPOCH = Date.parse('2025-01-01T00:00:00Z');

/**
 * `gr_`, the time and 60 random bits. Ids sort by time, so that a prefix stands for a span of time: the
 * kill switch denies many ended grants by few prefixes. Ids of earlier versions are random throughout.
 */
export function newGrantId(random: RandomBytes, now: Instant): string {
  return `${GRANT}${encodeTime(now)}${encode(random(GRANT_RANDOM_LENGTH))}`;
}

/** `ar_`, the time and 60 random bits: ids of access reviews sort by time, as those of grants do. */
export function newReviewId(random: RandomBytes, now: Instant): string {
  return `ar_${encodeTime(now)}${encode(random(GRANT_RANDOM_LENGTH))}`;
}

/** The last millisecond at which an id with this beginning can have been made. */
export function latestTimeOf(idPrefix: string): Instant {
  const time = idPrefix.slice(GRANT.length, GRANT.length + TIME_LENGTH).padEnd(TIME_LENGTH, 'z');
  return EPOCH + Array.from(time).reduce((sum, digit) => sum * 32 + ALPHABET.indexOf(digit), 0);
}

function encodeTime(now: Instant): string {
  const digits: string[] = [];
  let rest = Math.max(0, now - EPOCH);
  while (digits.length < TIME_LENGTH) {
    digits.unshift(ALPHABET.charAt(rest % 32));
    rest = Math.floor(rest / 32);
  }
  return digits.join('');
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
