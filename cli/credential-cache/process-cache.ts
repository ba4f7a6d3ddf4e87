import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, homeFolder } from '../folders.ts';

/**
 * What `credential-process` printed last, for the many shells and SDKs that ask again. Read before
 * anything else is loaded, so this file imports next to nothing.
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

/** One file for each way of asking: arguments, broker, settings, and whose token. */
export function cacheFile(args: readonly string[]): string {
  const { env } = process;
  const settings = statSync(join(homeFolder(), 'config.json'), { throwIfNoEntry: false })?.mtimeMs;
  const question = [args, env['VALETKEY_BROKER'], env['VALETKEY_TOKEN'], settings];
  const name = createHash('sha256').update(JSON.stringify(question)).digest('hex');
  return join(cacheFolder(), `${name.slice(0, 32)}.json`);
}

/** @returns null where there is none that may be answered now. */
export function readCached(file: string, now = Date.now()): Cached | null {
  try {
    const cached = JSON.parse(readFileSync(file, 'utf8')) as Cached;
    // A clock that was set back makes nothing younger.
    return now >= cached.from && now < cached.until ? cached : null;
  } catch {
    return null;
  }
}
