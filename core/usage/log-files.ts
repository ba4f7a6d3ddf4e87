import { floorToSecond, formatInstant, type Instant } from '../instant.ts';
import type { TrailRecord } from './record.ts';
import type { Window } from './usage-ports.ts';

/** What the path of a log file tells of it, before it is read. */

type Place = {
  readonly account: string;
  readonly region: string;
  /** The UTC day on which it was delivered; and when at the latest, where the name says so. */
  readonly day: Instant;
  readonly delivered: Instant | null;
};

const DAY = 86_400_000;
const MINUTE = 60_000;

/** @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-examples.html */
const NAME = /(?:^|\/)(\d{12})_CloudTrail_([a-z0-9-]+)_(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)Z_[^/]*$/;

/** @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html */
const FOLDER = /(?:^|\/)(\d{12})\/CloudTrail\/([a-z0-9-]+)\/(\d{4})\/(\d\d)\/(\d\d)\//;

const ENDING = /\.(?:json|jsonl|ndjson|log)(?:\.gz)?$/i;

/**
 * What CloudTrail puts beside logs: hashes of the files, unusual rates of calls, calls through VPC endpoints.
 *
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html
 */
const OTHER = /(?:^|[/_])CloudTrail-(?:Digest|Insight|NetworkActivity)[/_]/;

export function isLogFile(path: string): boolean {
  return ENDING.test(path) && !OTHER.test(path);
}

/**
 * Whether a log file can hold records of the window; true where its path does not tell. A file holds calls made before
 * it was delivered, most of them minutes before, some hours: so the day after the window counts, too.
 */
export function mayHold(path: string, window: Window): boolean {
  const place = placeOf(path);
  if (place === null) return true;
  const { account, region, day, delivered } = place;
  const { first, last } = daysOf(window);
  return (
    (window.accounts?.includes(account) ?? true) &&
    (window.regions?.includes(region) ?? true) &&
    day >= first &&
    day <= last &&
    (delivered === null || delivered >= floorToSecond(window.from))
  );
}

/** The account that the path of a file tells; null where it does not. */
export function accountIn(path: string): string | null {
  return placeOf(path)?.account ?? null;
}

/** The accounts of a window that no file is of; none where the path of a file does not tell its account. */
export function accountsWithoutFile(
  found: ReadonlySet<string | null>,
  { accounts }: Window,
): readonly string[] {
  if (accounts === null || found.has(null)) return [];
  return accounts.filter((account) => !found.has(account));
}

function placeOf(path: string): Place | null {
  const name = NAME.exec(path);
  const [, account = '', region = '', ...time] = name ?? FOLDER.exec(path) ?? [];
  if (account === '') return null;
  const [year = 0, month = 1, date = 1, hour = 0, minute = 0] = time.map(Number);
  const day = Date.UTC(year, month - 1, date);
  const delivered = name === null ? null : Date.UTC(year, month - 1, date, hour, minute) + MINUTE;
  return { account, region, day, delivered };
}

/** The days whose folders have the records of a window. */
function daysOf({ from, until }: Window): { readonly first: Instant; readonly last: Instant } {
  return { first: startOfDay(from), last: startOfDay(until + DAY) };
}

/** The same as text, such as `2026/11/20`. */
export function dayFolders(window: Window): { readonly first: string; readonly last: string } {
  const { first, last } = daysOf(window);
  return { first: folderOf(first), last: folderOf(last) };
}

function startOfDay(instant: Instant): Instant {
  return Math.floor(instant / DAY) * DAY;
}

function folderOf(day: Instant): string {
  return formatInstant(day).slice(0, 10).replaceAll('-', '/');
}

/** The window, from the beginning of its first day. */
export function wholeDays(window: Window): Window {
  return { ...window, from: daysOf(window).first };
}

/** Records tell their time by the second: a call right after the window began seems to be from before. */
export function isWithin(
  { at }: Pick<TrailRecord, 'at'>,
  { from, until }: Pick<Window, 'from' | 'until'>,
): boolean {
  return at >= floorToSecond(from) && at < until;
}

/** A window in words, for messages. */
export function describeWindow({ from, until, accounts, regions }: Window): string {
  const where = [
    ...(accounts === null ? [] : [`account ${accounts.join(', ')}`]),
    ...(regions === null ? [] : [`Region ${regions.join(', ')}`]),
  ];
  const time = `from ${formatInstant(from)} until ${formatInstant(until)}`;
  return where.length === 0 ? time : `${time} in ${where.join(', ')}`;
}
