import {
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { dayFolders, describeWindow, isLogFile, mayHold } from '../../core/usage/log-files.ts';
import type { Window } from '../../core/usage/usage-ports.ts';
import { explain } from './explain-error.ts';
import { inAdvance } from './in-advance.ts';
import { LogsUnavailable } from './log-source.ts';

export type LogBucket = {
  readonly client: S3Client;
  readonly bucket: string;
  /** `''`, or what stands before `AWSLogs/`, or any folder below it: `logs/AWSLogs/o-abcdefghij/111122223333/`. */
  readonly prefix: string;
};

export type LogObject = { readonly key: string; readonly bytes: number };

/** Lists of so many folders are under way at once. */
const LISTS = 8;

/** `s3://bucket/prefix`; null for anything else. */
export function parseS3Url(url: string): Pick<LogBucket, 'bucket' | 'prefix'> | null {
  const match = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/.exec(url);
  if (match === null) return null;
  const [, bucket = '', path = ''] = match;
  const prefix = path === '' || path.endsWith('/') || isLogFile(path) ? path : `${path}/`;
  return { bucket, prefix };
}

/**
 * The log files that can hold records of the window. In CloudTrail's layout, only folders of the window's accounts,
 * Regions and days are listed; elsewhere, everything below the prefix.
 *
 * @throws LogsUnavailable where there is none, where an account of the window has no folder, and where S3 refuses.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html
 */
export async function* listLogs(from: LogBucket, window: Window): AsyncGenerator<LogObject, void> {
  let found = 0;
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
      found += 1;
      yield object;
    }
  }
  if (found === 0)
    throw new LogsUnavailable(`${urlOf(from)} has no log file ${describeWindow(window)}`);
}

type Folder = {
  readonly path: string;
  /** Its folders are those of days: `2026/11/20/`. */
  readonly perDay: boolean;
};

async function* foldersOf(from: LogBucket, window: Window): AsyncGenerator<Folder, void> {
  const { prefix } = from;
  const layout = /^(?:.*\/)?AWSLogs\//.exec(prefix)?.[0];
  if (layout !== undefined) return yield* regionsOf(from, prefix, window);
  if (isLogFile(prefix)) return yield { path: prefix, perDay: false };
  const below = await namesIn(from, prefix);
  if (below.includes('AWSLogs')) yield* regionsOf(from, `${prefix}AWSLogs/`, window);
  else yield { path: prefix, perDay: false };
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
  const names = await namesIn(from, folder);
  const organisations = organisation === undefined ? names.filter(isOrganisation) : [];
  const folders = [
    ...names
      .filter((name) => /^\d{12}$/.test(name))
      .map((name) => ({ name, path: `${folder}${name}/` })),
    ...(
      await Promise.all(
        organisations.map(async (name) => {
          const inside = await namesIn(from, `${folder}${name}/`);
          return inside.map((one) => ({ name: one, path: `${folder}${name}/${one}/` }));
        }),
      )
    ).flat(),
  ];
  const missing = (window.accounts ?? []).filter(
    (one) => !folders.some(({ name }) => name === one),
  );
  if (missing.length > 0) {
    throw new LogsUnavailable(
      `s3://${from.bucket}/${folder} has no logs of the account ${missing.join(', ')}`,
    );
  }
  for (const { name, path } of folders) {
    if (window.accounts?.includes(name) ?? true) yield* regionsOf(from, path, window);
  }
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

/** The folders in a folder, without what stands around their names. */
async function namesIn(from: LogBucket, folder: string): Promise<readonly string[]> {
  const names: string[] = [];
  let ContinuationToken: string | undefined;
  do {
    const page = await list(from, { Prefix: folder, Delimiter: '/', ContinuationToken });
    for (const { Prefix = '' } of page.CommonPrefixes ?? []) {
      names.push(Prefix.slice(folder.length, -1));
    }
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken !== undefined);
  return names;
}

async function* pagesFrom(
  from: LogBucket,
  prefix: string,
  first: ListObjectsV2CommandOutput,
): AsyncGenerator<LogObject, void> {
  let page = first;
  for (;;) {
    for (const { Key, Size } of page.Contents ?? []) {
      if (Key !== undefined) yield { key: Key, bytes: Size ?? 0 };
    }
    const { NextContinuationToken } = page;
    if (NextContinuationToken === undefined) return;
    page = await list(from, { Prefix: prefix, ContinuationToken: NextContinuationToken });
  }
}

async function list(
  { client, bucket }: LogBucket,
  input: {
    readonly Prefix: string;
    readonly Delimiter?: string;
    readonly StartAfter?: string | undefined;
    readonly ContinuationToken?: string | undefined;
  },
): Promise<ListObjectsV2CommandOutput> {
  try {
    return await client.send(new ListObjectsV2Command({ Bucket: bucket, ...input }));
  } catch (error) {
    throw explain(error, 's3:ListBucket', `the bucket ${bucket}`);
  }
}

export function urlOf({ bucket, prefix }: LogBucket): string {
  return `s3://${bucket}/${prefix}`;
}
