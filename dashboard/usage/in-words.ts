import type { Answer, Calls } from '../../core/usage.ts';
import type { EntitlementUsage } from '../api/types.ts';
import { counted } from '../parts/counted.ts';

/** What the logs say of actions, as people read it. Nothing unknown may sound unused. */

type Summary = NonNullable<EntitlementUsage['summary']>;
type Blind = EntitlementUsage['blind'][number];

/** "Used 3 of 10 actions; 2 unknown". */
export function usedInWords({ used, granted, unknown }: Summary): string {
  const rest = unknown === 0 ? '' : `; ${unknown.toLocaleString()} unknown`;
  return `Used ${used.toLocaleString()} of ${counted(granted, 'action')}${rest}`;
}

/** "3 calls, 1 refused". */
export function callsInWords({ calls, refused }: Calls): string {
  return `${counted(calls, 'call')}${refused === 0 ? '' : `, ${refused.toLocaleString()} refused`}`;
}

const MOST_NAMED = 4;

/** "The logs do not show all of s3 and sqs: these actions count as unknown". */
export function blindHeader(parts: readonly Blind[]): string {
  const services = [...new Set(parts.map(({ service }) => service))];
  const named =
    services.length > MOST_NAMED
      ? counted(services.length, 'service')
      : new Intl.ListFormat('en').format(services);
  return `The logs do not show all of ${named}: these actions count as unknown`;
}

/** "s3, in account 111122223333, in eu-central-1: no trail records data events". */
export function blindInWords({ service, accounts, regions, why }: Blind): string {
  const places = [inPlaces('account', accounts), inPlaces('Region', regions)];
  return `${[service, ...places].filter(Boolean).join(', ')}: ${why}`;
}

function inPlaces(kind: 'account' | 'Region', names: readonly string[]): string {
  if (names.length === 0) return '';
  return `in ${counted(names.length, kind).replace(/^\S+ /, '')} ${names.join(', ')}`;
}

/** `refused`: called under a grant of an entitlement that does not grant it, and AWS refused every call. */
export type Standing = Answer | 'refused';

export function standingOf(
  action: Calls & { readonly answer: Answer; readonly granted?: boolean },
): Standing {
  const { answer, granted = true, calls, refused } = action;
  return !granted && calls > 0 && calls === refused ? 'refused' : answer;
}

/** Why it is unknown, or what makes an unused one have calls; null where nothing is to be added. */
export function noteOf(
  action: Parameters<typeof standingOf>[0] & { readonly why: string | null },
): string | null {
  const { why, answer, calls, refused } = action;
  const isRefused = answer === 'unused' && calls > 0 && calls === refused;
  return why ?? (isRefused ? 'AWS refused every call' : null);
}

export const STANDINGS: Readonly<Record<Standing, string>> = {
  used: 'Used',
  unused: 'Unused',
  unknown: 'Unknown',
  refused: 'Refused',
};

type Choice = { readonly value: string; readonly label: string };

/** What the table of actions can be narrowed to, with how many there are of each. */
export function choicesOf(standings: readonly Standing[]): readonly Choice[] {
  const found = (Object.keys(STANDINGS) as Standing[]).flatMap((value) => {
    const count = standings.filter((one) => one === value).length;
    return count === 0 ? [] : [{ value, label: `${STANDINGS[value]} (${count.toLocaleString()})` }];
  });
  return [{ value: '', label: `All (${standings.length.toLocaleString()})` }, ...found];
}
