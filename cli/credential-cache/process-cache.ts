import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, homeFolder } from '../folders.ts';

/**
 * The last output of `credential-process`, for the many shells and SDKs that run it again. It is read
 * before anything else is loaded, so this file has few imports.
 */

export type Cached = {
  /** Milliseconds since the epoch. */
  readonly from: number;
  readonly until: number;
  /** When the broker last said that the grant is active. */
  readonly checkedAt: number;
  readonly grantId: string;
  /** The grant's end, RFC 3339. */
  readonly expiresAt: string;
  /** The whole answer on stdout. */
  readonly output: string;
};

/**
 * How long an answer is given without asking the broker whether the grant still is active: it may have
 * been revoked elsewhere. Asking takes about as long as a vend, so not every call does it.
 */
const UNCHECKED_MS = 60_000;

/** One file per combination of arguments, broker, settings, saved requests and token. */
export function cacheFile(args: readonly string[]): string {
  const { env } = process;
  const settings = [
    changedAt('config.json'),
    args[0]?.startsWith('@') && changedAt('requests.json'),
  ];
  const input = [args, env['VALETKEY_BROKER'], env['VALETKEY_TOKEN'], settings];
  const name = createHash('sha256').update(JSON.stringify(input)).digest('hex');
  return join(cacheFolder(), `${name.slice(0, 32)}.json`);
}

function changedAt(name: string): number | null {
  try {
    return statSync(join(homeFolder(), name)).mtimeMs;
  } catch {
    return null;
  }
}

/** @returns null if there is no output that may be given without asking the broker. */
export function readCached(file: string, now = Date.now()): Cached | null {
  const kept = readKept(file, now);
  const age = kept === null ? Number.NaN : now - kept.checkedAt;
  return age >= 0 && age < UNCHECKED_MS ? kept : null;
}

/** @returns null if there is no output whose credentials last long enough. */
export function readKept(file: string, now = Date.now()): Cached | null {
  try {
    const cached = JSON.parse(readFileSync(file, 'utf8')) as Cached;
    const whole = typeof cached.output === 'string' && typeof cached.grantId === 'string';
    // Before `from` the clock was set back, so the age is unknown.
    return whole && now >= cached.from && now < cached.until ? cached : null;
  } catch {
    return null;
  }
}
