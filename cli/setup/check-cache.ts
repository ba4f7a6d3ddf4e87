import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { grant as grantSchema } from '../broker/answers.ts';
import { proxyFor } from '../broker/proxy.ts';
import { forgetEndedGrants } from '../credential-cache/forget.ts';
import { type Cached, readKept } from '../credential-cache/process-cache.ts';
import { cacheFolder, homeFolder } from '../folders.ts';
import { signedIn } from '../sign-in/bearer.ts';
import { plain } from '../terminal.ts';
import { type Finding, wrong } from './finding.ts';

/** Compares cached keys with their grants, and deletes those that are dead. */
export async function checkCache(flag: string | undefined): Promise<readonly Finding[]> {
  const what = 'cached keys';
  const cached = filesIn(cacheFolder(), '.json').flatMap((file): readonly Cached[] => {
    const entry = readKept(file);
    return entry === null ? [] : [entry];
  });
  const ids = [...new Set(cached.map(({ grantId }) => grantId))];
  if (ids.length === 0) return [];
  try {
    const broker = signedIn(flag);
    const grants = await Promise.all(ids.map((id) => broker.get(`/v1/grants/${id}`, grantSchema)));
    const ended = grants.filter(({ status }) => status !== 'active');
    if (ended.length === 0) return [{ what, state: 'ok', detail: `of ${ids.join(', ')}` }];
    forgetEndedGrants(ended);
    const detail = ended.map(({ id, status }) => `${id} is ${plain(status)}`).join(', ');
    return [{ what, state: 'note', detail, hint: 'They were dead, and are deleted now.' }];
  } catch (error) {
    // Keys of another broker's grants are not known here.
    const finding = wrong(what, error);
    return [{ ...finding, state: 'note', detail: `could not be compared: ${finding.detail}` }];
  }
}

/** No task of the command takes as long. */
const LONGEST_TASK_MS = 10 * 60_000;

/** Locks that were left behind block those who wait for them. */
export function checkLocks(now = Date.now()): readonly Finding[] {
  const folders = [homeFolder(), join(homeFolder(), 'tokens'), cacheFolder()];
  const old = folders
    .flatMap((folder) => filesIn(folder, '.lock'))
    .filter((file) => {
      const since = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
      return since !== undefined && now - since > LONGEST_TASK_MS;
    });
  return old.map((file) => ({
    what: 'lock',
    state: 'wrong',
    detail: `${file} has been held for more than ${LONGEST_TASK_MS / 60_000} minutes`,
    hint: 'Delete it, if no valetkey is running.',
  }));
}

/** The proxies that the environment names for the addresses, without their passwords. */
export function checkProxies(urls: readonly string[]): readonly Finding[] {
  const used = [...new Set(urls.flatMap((url) => proxyFor(url) ?? []))];
  return used.map((proxy): Finding => {
    const url = URL.canParse(proxy) ? new URL(proxy) : null;
    if (url !== null && /^https?:$/.test(url.protocol)) {
      return { what: 'proxy', state: 'ok', detail: plain(url.host) };
    }
    const hint = 'Write http://HOST:PORT into HTTPS_PROXY, or except the host with NO_PROXY.';
    const detail =
      url === null ? 'its address is no URL' : `${plain(url.protocol)} is not supported`;
    return { what: 'proxy', state: 'wrong', detail, hint };
  });
}

function filesIn(folder: string, end: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith(end))
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}
