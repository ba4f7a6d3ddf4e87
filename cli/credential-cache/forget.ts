import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../failure.ts';
import { cacheFolder } from '../folders.ts';
import { reasonOf } from '../private-file.ts';
import type { Cached } from './process-cache.ts';

/**
 * Deletes all cached credentials: they belong to the user who was signed in before.
 *
 * @throws Failure if they cannot be deleted.
 */
export function forgetAllCredentials(): void {
  const folder = cacheFolder();
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch (error) {
    throw new Failure(
      'failed',
      `Cannot delete the cached keys in ${folder}: ${reasonOf(error)}.`,
      'Delete the folder yourself.',
    );
  }
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
