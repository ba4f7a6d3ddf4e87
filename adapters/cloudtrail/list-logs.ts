import {
  accountIn,
  accountsWithoutFile,
  dayFolders,
  describeWindow,
  isLogFile,
  mayHold,
} from '../../core/usage/log-files.ts';
import { LogsUnavailable } from '../../core/usage/logs-unavailable.ts';
import type { Window } from '../../core/usage/usage-ports.ts';
import { inAdvance } from './in-advance.ts';
import { type LogBucket, type LogObject, list, namesIn, pagesFrom, urlOf } from './list-objects.ts';

/** Lists of so many folders are under way at once. */
const LISTS = 8;

/**
 * The log files that can hold records of the window. In CloudTrail's layout, only folders of the window's accounts,
 * Regions and days are listed; elsewhere, everything below the prefix.
 *
 * @param lacks hears at the end of each account of the window that has files, and none that can hold records of it
 * @throws LogsUnavailable where there is none, where an account of the window has no folder, and where S3 refuses.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html
 */
export async function* listLogs(
  from: LogBucket,
  window: Window,
  lacks: (account: string) => void = () => {},
): AsyncGenerator<LogObject, void> {
  const found = new Set<string | null>();
  const { first, last } = dayFolders(window);
  const firstPages = inAdvance(foldersOf(from, window), LISTS, async (folder) => {
    const after = folder.perDay ? `${folder.path}${first}` : undefined;
    return { folder, page: await list(from, { Prefix: folder.path, StartAfter: after }) };
  });
  for await (const { folder, page } of firstPages) {
    // Behind the last day, text sorts after its folder and everything in it.
    const end = folder.perDay ? `${folder.path}${last}/\uffff` : null;
    for await (const object of pagesFrom(from, folder.path, page)) {
      if (end !== null && object.key > end) break;
      if (!isLogFile(object.key) || !mayHold(object.key, window)) continue;
      found.add(accountIn(object.key));
      yield object;
    }
  }
  if (found.size === 0) {
    throw new LogsUnavailable(`${urlOf(from)} has no log file ${describeWindow(window)}`);
  }
  for (const account of accountsWithoutFile(found, window)) lacks(account);
}

type Folder = {
  readonly path: string;
  /** Its folders are those of days: `2026/11/20/`. */
  readonly perDay: boolean;
};

async function* foldersOf(from: LogBucket, window: Window): AsyncGenerator<Folder, void> {
  const { prefix } = from;
  const layout = /^(?:.*\/)?AWSLogs\//.exec(prefix)?.[0];
  if (layout !== undefined) {
    requirePlaces(from, window);
    return yield* regionsOf(from, prefix, window);
  }
  if (isLogFile(prefix)) return yield { path: prefix, perDay: false };
  const below = await namesIn(from, prefix);
  if (below.includes('AWSLogs')) yield* regionsOf(from, `${prefix}AWSLogs/`, window);
  else yield { path: prefix, perDay: false };
}

/** Below the folder of one account, or of one Region, there are no logs of another. */
function requirePlaces(from: LogBucket, { accounts, regions }: Window): void {
  const [, account, , region] = partsOf(from.prefix);
  const others = (wanted: readonly string[] | null, given: string | undefined) =>
    given === undefined ? [] : (wanted ?? []).filter((one) => one !== given);
  const missing = [...others(accounts, account), ...others(regions, region)];
  if (missing.length > 0) {
    throw new LogsUnavailable(`${urlOf(from)} has no logs of ${missing.join(', ')}`);
  }
}

/** The folders of Regions at or below a folder of CloudTrail's layout. */
async function* regionsOf(
  from: LogBucket,
  folder: string,
  window: Window,
): AsyncGenerator<Folder, void> {
  const [organisation, account, service, region, ...deeper] = partsOf(folder);
  if (region !== undefined) return yield { path: folder, perDay: deeper.length === 0 };
  if (service !== undefined) {
    const names = window.regions ?? (await namesIn(from, folder));
    for (const name of names) yield { path: `${folder}${name}/`, perDay: true };
    return;
  }
  if (account !== undefined) return yield* regionsOf(from, `${folder}CloudTrail/`, window);
  const folders = await accountsIn(from, folder, organisation === undefined);
  const missing = (window.accounts ?? []).filter(
    (one) => !folders.some(({ account: name }) => name === one),
  );
  if (missing.length > 0) {
    throw new LogsUnavailable(`s3://${from.bucket}/${folder} has no logs of ${missing.join(', ')}`);
  }
  for (const { account: name, path } of folders) {
    if (window.accounts?.includes(name) ?? true) yield* regionsOf(from, path, window);
  }
}

type AccountFolder = { readonly account: string; readonly path: string };

/** The folders of accounts in `AWSLogs/`, those of organisations there included, or in that of an organisation. */
async function accountsIn(
  from: LogBucket,
  folder: string,
  atTop: boolean,
): Promise<readonly AccountFolder[]> {
  const found: AccountFolder[] = [];
  for (const name of await namesIn(from, folder)) {
    const path = `${folder}${name}/`;
    if (/^\d{12}$/.test(name)) found.push({ account: name, path });
    if (atTop && isOrganisation(name)) found.push(...(await accountsIn(from, path, false)));
  }
  return found;
}

/** What a folder of the layout says, from the left; undefined from where it ends. */
function partsOf(folder: string): readonly (string | undefined)[] {
  const names = folder.slice(folder.lastIndexOf('AWSLogs/')).split('/').slice(1, -1);
  return isOrganisation(names[0] ?? '') ? names : [undefined, ...names];
}

/** @see https://docs.aws.amazon.com/organizations/latest/APIReference/API_Organization.html */
function isOrganisation(name: string): boolean {
  return /^o-[a-z0-9]{10,32}$/.test(name);
}
