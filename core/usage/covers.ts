import { groupBy } from '../group-by.ts';
import { formatInstant, type Instant } from '../instant.ts';
import { globalRegion, RECORDED_IN_ONE_REGION, RECORDED_SOMEWHERE, STS } from './global-sources.ts';
import type { Recording } from './meaning.ts';
import type { DataEvents, Trail } from './trail.ts';

/** Where calls can be made. */
export type Places = {
  /** Of the roles whose sessions call: CloudTrail always gives the caller's account a record. */
  readonly accounts: readonly string[];
  /** Null for every Region. */
  readonly regions: readonly string[] | null;
};

/** The logs that answers rest on. */
export type Logs = {
  /** Null where nobody could ask for them. */
  readonly trails: readonly Trail[] | null;
  /** The accounts and Regions whose logs were read; null for all. */
  readonly accounts: readonly string[] | null;
  readonly regions: readonly string[] | null;
  /** When the first of the grants began whose calls were read in them; absent for all grants. */
  readonly from?: Instant;
};

/** Where calls are not recorded, and why, in words. No Regions: everywhere. */
export type Gap = Places & { readonly regions: readonly string[]; readonly why: string };

export type Observable = Extract<Recording, { kind: 'management' | 'data' }>;

type Spot = { readonly account: string; readonly region: string | null };
type Which = 'read' | 'write';

/**
 * Where the calls that need an action would not be recorded. None: every call would be, by one trail or another.
 *
 * @param resources ARN patterns that the action is granted on, as `recordedResources` gives them; they may have placeholders
 * @param from since when all calls have to be there: trails are what they are now, and may have been nothing before
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-s3-info.html across accounts
 */
export function gapsIn(
  recording: Observable,
  places: Places,
  resources: readonly string[],
  logs: Logs,
  from: Instant,
): readonly Gap[] {
  const regions = regionsOf(recording, places);
  const { trails } = logs;
  const everywhere = { accounts: places.accounts, regions: regions ?? [] };
  if (trails === null) {
    return [{ ...everywhere, why: 'the settings of the trails could not be read' }];
  }
  if (places.accounts.length === 0 || regions?.length === 0) {
    return [{ ...everywhere, why: 'where calls are made is not known' }];
  }
  const spots = places.accounts.flatMap((account): readonly Spot[] =>
    (regions ?? [null]).map((region) => ({ account, region })),
  );
  const gaps = spots.flatMap((spot) => {
    const why = notRead(spot, logs) ?? notRecorded(recording, spot, resources, trails, from);
    return why === null ? [] : [{ spot, why }];
  });
  return [...groupBy(gaps, ({ why }) => why)].map(([why, all]) => ({
    accounts: [...new Set(all.map(({ spot }) => spot.account))].toSorted(),
    regions: [...new Set(all.flatMap(({ spot }) => spot.region ?? []))].toSorted(),
    why,
  }));
}

function regionsOf(recording: Observable, { regions }: Places): readonly string[] | null {
  if (recording.kind === 'data') return regions;
  const { source } = recording;
  if (RECORDED_SOMEWHERE.includes(source)) return null;
  const home = globalRegion(regions);
  if (RECORDED_IN_ONE_REGION.includes(source)) return [home];
  // Its endpoints in the Regions record there, and the global one at home.
  return source === STS && regions !== null ? [...new Set([...regions, home])] : regions;
}

function notRead({ account, region }: Spot, { accounts, regions }: Logs): string | null {
  if (accounts !== null && !accounts.includes(account))
    return 'the logs of the account were not read';
  if (regions === null) return null;
  if (region === null) return 'the logs of some Regions were not read';
  return regions.includes(region) ? null : 'the logs of the Region were not read';
}

/** The first thing that no trail has, from the general to the particular. */
function notRecorded(
  recording: Observable,
  { account, region }: Spot,
  resources: readonly string[],
  trails: readonly Trail[],
  from: Instant,
): string | null {
  const here = trails.filter((trail) => trail.account === null || trail.account === account);
  if (here.length === 0) return 'no trail records the account';
  const lost = new Set(here.flatMap((trail) => whyLost(trail, from) ?? []));
  const seen = here.filter((trail) => whyLost(trail, from) === null);
  const gap = seen.length === 0 ? [] : gapOf(recording, region, resources, seen);
  return gap === null ? null : [gap, ...lost].flat().join('; ');
}

/** Why a trail shows nothing, or not all that was called since then. */
function whyLost({ name, logging, since, elsewhere }: Trail, from: Instant): string | null {
  if (elsewhere !== undefined) {
    return `the trail ${name} writes to ${elsewhere}, which was not read`;
  }
  if (!logging) return `the trail ${name} is not logging`;
  if (since === null) return `since when the trail ${name} is logging is not known`;
  return since <= from ? null : `the trail ${name} is logging only since ${formatInstant(since)}`;
}

function gapOf(
  recording: Observable,
  region: string | null,
  resources: readonly string[],
  logging: readonly Trail[],
): string | null {
  const understood = logging.filter(({ notUnderstood }) => notUnderstood.length === 0);
  if (understood.length === 0) {
    const settings = logging.flatMap(({ notUnderstood }) => notUnderstood);
    return `settings of the trails are not understood: ${settings.join(', ')}`;
  }
  const inRegion = understood.filter(
    ({ regions }) => regions === null || (region !== null && regions.includes(region)),
  );
  if (inRegion.length === 0) {
    return region === null ? 'no trail records every Region' : 'no trail records the Region';
  }
  return recording.kind === 'management'
    ? managementGap(recording, inRegion)
    : dataGap(recording, resources, inRegion);
}

function managementGap(
  { source, readOnly }: Extract<Recording, { kind: 'management' }>,
  trails: readonly Trail[],
): string | null {
  const kept = trails.filter(({ leftOut }) => !leftOut.includes(source));
  if (kept.length === 0) return `the trails leave out management events of ${source}`;
  const missing = whichOf(readOnly).find(
    (which) => !kept.some(({ management }) => management === 'all' || management === which),
  );
  return missing === undefined ? null : `no trail records management events that ${missing}`;
}

function dataGap(
  { types, readOnly }: Extract<Recording, { kind: 'data' }>,
  resources: readonly string[],
  trails: readonly Trail[],
): string | null {
  if (types.length === 0) return 'as what its calls are recorded is not known';
  const recorded = trails.flatMap(({ data }) => data);
  for (const type of types) {
    const ofType = recorded.filter((one) => one.type === type);
    if (ofType.length === 0) return `no trail records data events of ${type}`;
    for (const which of whichOf(readOnly)) {
      const kept = ofType.filter((one) => one.which === 'all' || one.which === which);
      if (kept.length === 0) return `no trail records data events of ${type} that ${which}`;
      const left = resources.find((resource) => !kept.some((one) => isWithin(resource, one)));
      if (left !== undefined) return `no trail records data events of ${type} for all of ${left}`;
    }
  }
  return null;
}

function whichOf(readOnly: boolean | null): readonly Which[] {
  if (readOnly === null) return ['read', 'write'];
  return readOnly ? ['read'] : ['write'];
}

/** Whether every resource of the pattern begins with one of the prefixes, whatever its wildcards and placeholders are. */
function isWithin(resource: string, { prefixes, exact = [] }: DataEvents): boolean {
  if (prefixes === null) return true;
  const fixed = /^(?:(?![*?]|\{\{|\$\{).)*/su.exec(resource)?.[0] ?? '';
  if (fixed === resource && exact.includes(resource)) return true;
  return prefixes.some((prefix) => fixed.startsWith(prefix));
}
