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
  readonly grantId: string;
  /** The grant's end, RFC 3339. */
  readonly expiresAt: string;
  /** The whole answer on stdout. */
  readonly output: string;
};

/** One file per combination of arguments, broker, settings and token. */
export function cacheFile(args: readonly string[]): string {
  const { env } = process;
  const settings = statSync(join(homeFolder(), 'config.json'), { throwIfNoEntry: false })?.mtimeMs;
  const input = [args, env['VALETKEY_BROKER'], env['VALETKEY_TOKEN'], settings];
  const name = createHash('sha256').update(JSON.stringify(input)).digest('hex');
  return join(cacheFolder(), `${name.slice(0, 32)}.json`);
}

/** @returns null if there is no output that may be used now. */
export function readCached(file: string, now = Date.now()): Cached | null {
  try {
    const cached = JSON.parse(readFileSync(file, 'utf8')) as Cached;
    // Before `from` the clock was set back, so the age is unknown.
    return now >= cached.from && now < cached.until ? cached : null;
  } catch {
    return null;
  }
}
