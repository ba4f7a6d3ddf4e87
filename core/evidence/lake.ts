import { CLASSES, type ClassName } from '../ocsf/classes.ts';
import { err, ok, type Result } from '../result.ts';

/**
 * Where events lie for a custom source of Amazon Security Lake: one class in each source, partitions by Region, account
 * and day, and in each file the events in the order of their time.
 *
 * @see https://docs.aws.amazon.com/security-lake/latest/userguide/custom-sources.html
 */

/** The Region of the lake, and the account that the events are of: the broker's. */
export type Lake = { readonly region: string; readonly account: string };

/** Reads `eu-west-1/111122223333`. */
export function parseLake(text: string): Result<Lake, string> {
  const [region, account] =
    /^([a-z]{2,4}(?:-[a-z]+)+-\d{1,2})\/(\d{12})$/.exec(text)?.slice(1) ?? [];
  return region === undefined || account === undefined
    ? err('it takes the Region of the lake and the account of the broker')
    : ok({ region, account });
}

/** The name of a source may have 20 characters: it becomes a part of the name of a role. */
export function sourceOf(name: ClassName): string {
  return `valetkey-${CLASSES[name].uid}`;
}

/** The day of a time in milliseconds, in UTC, as the partitions have it: `20261126`. */
export function eventDayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10).replaceAll('-', '');
}

/** @param part Counted from 1: events that reached the ledger later are in another file. */
export function lakePath(
  { region, account }: Lake,
  name: ClassName,
  day: string,
  part: number,
): string {
  const source = sourceOf(name);
  const file = `${source}-${day}${part === 1 ? '' : `-${part}`}.parquet`;
  return `parquet/ext/${source}/region=${region}/accountId=${account}/eventDay=${day}/${file}`;
}
