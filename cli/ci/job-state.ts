import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { homeFolder } from '../folders.ts';
import { readPrivate, removePrivate, writePrivate } from '../private-file.ts';
import { jobName } from './system.ts';

/** What `ci env` keeps for `ci release`: grant ids, and no secret. */

const ID = /^gr_[a-z0-9]{4,40}$/;

export function rememberGrant(id: string): void {
  const file = stateFile();
  writePrivate(file, JSON.stringify([...rememberedGrants(), id]));
}

export function rememberedGrants(): readonly string[] {
  try {
    const ids: unknown = JSON.parse(readPrivate(stateFile()) ?? '[]');
    return Array.isArray(ids) ? ids.filter((id) => typeof id === 'string' && ID.test(id)) : [];
  } catch {
    return [];
  }
}

export function forgetGrants(): void {
  removePrivate(stateFile());
}

/** One file per job: several jobs may run on one machine. */
function stateFile(): string {
  const { env } = process;
  const job = createHash('sha256').update(jobName(env)).digest('hex').slice(0, 16);
  return join(env['RUNNER_TEMP'] || homeFolder(), 'valetkey-jobs', `${job}.json`);
}
