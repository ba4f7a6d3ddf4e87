import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../folders.ts';
import type { Cached } from './process-cache.ts';

/** Deletes all cached credentials: they belong to the user who was signed in before. */
export function forgetAllCredentials(): void {
  rmSync(cacheFolder(), { recursive: true, force: true });
}

/** Deletes the cached credentials of grants that have ended, so that SDKs get new ones. */
export function forgetEndedGrants(
  grants: readonly { readonly id: string; readonly status: string }[],
): void {
  const ended = new Set(grants.filter(({ status }) => status !== 'active').map(({ id }) => id));
  if (ended.size === 0) return;
  for (const path of cachedFiles()) {
    try {
      const { grantId } = JSON.parse(readFileSync(path, 'utf8')) as Cached;
      if (ended.has(grantId)) rmSync(path, { force: true });
    } catch {
      // Another process is writing the file.
    }
  }
}

function cachedFiles(): readonly string[] {
  const folder = cacheFolder();
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}
