import { z } from 'zod';
import type { Instant } from '../instant.ts';
import { err, ok, type Result } from '../result.ts';
import type { Trail } from './trail.ts';
import { type LogPlace, readAt } from './trail-place.ts';
import { readSelectors } from './trail-selectors.ts';

/**
 * What CloudTrail answers of a trail, as the SDK gives it and as `aws cloudtrail` prints it.
 *
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_Trail.html
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_GetEventSelectors.html
 */
const described = z.object({
  Name: z.string(),
  TrailARN: z.string(),
  S3BucketName: z.string(),
  S3KeyPrefix: z.string().default(''),
  HomeRegion: z.string(),
  IsMultiRegionTrail: z.boolean(),
  IsOrganizationTrail: z.boolean(),
  IncludeGlobalServiceEvents: z.boolean(),
  HasCustomEventSelectors: z.boolean(),
});

const selected = z.object({
  EventSelectors: z.array(z.unknown()).optional(),
  AdvancedEventSelectors: z.array(z.unknown()).optional(),
});

/**
 * The SDK gives a time as a `Date`, and `aws cloudtrail` prints text, or seconds.
 *
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_GetTrailStatus.html
 */
const time = z.union([
  z.date().transform((date): Instant => date.getTime()),
  z.number().transform((seconds): Instant => seconds * 1000),
  z.iso.datetime({ offset: true }).transform((text): Instant => Date.parse(text)),
]);
const status = z.object({ IsLogging: z.boolean(), StartLoggingTime: time.nullish() });

/** By the ARN of the trail, or by its name. */
const exported = z.object({
  trailList: z.array(z.unknown()),
  eventSelectors: z.record(z.string(), z.unknown()),
  trailStatus: z.record(z.string(), z.unknown()),
});

/** The sources of global service events. @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-concepts.html */
const GLOBAL = ['iam.amazonaws.com', 'sts.amazonaws.com', 'cloudfront.amazonaws.com'];

/**
 * What a trail records, as far as it was read.
 *
 * @param trail of DescribeTrails
 * @param selectors the answer of GetEventSelectors
 * @param logging the answer of GetTrailStatus
 * @param place where its files are read; null for copies of which nobody knows where they are from
 * @returns what of the answers is missing, in words.
 */
export function trailOf(
  trail: unknown,
  selectors: unknown,
  logging: unknown,
  place: LogPlace | null,
): Result<Trail, string> {
  const settings = described.safeParse(trail);
  if (!settings.success) return err(`a trail: ${mistake(settings.error)}`);
  const { Name, TrailARN, S3BucketName, S3KeyPrefix, HomeRegion, ...is } = settings.data;
  const answers = [selected.safeParse(selectors), status.safeParse(logging)] as const;
  const [events, state] = answers;
  if (!events.success) return err(`the event selectors of ${Name}: ${mistake(events.error)}`);
  if (!state.success) return err(`the status of ${Name}: ${mistake(state.error)}`);
  const { EventSelectors: basic = [], AdvancedEventSelectors: advanced = [] } = events.data;
  if (is.HasCustomEventSelectors && basic.length + advanced.length === 0) {
    return err(`the event selectors of ${Name}: the trail has some, and there are none`);
  }
  const account = TrailARN.split(':')[4] ?? '';
  if (!/^\d{12}$/.test(account)) return err(`the trail ${Name}: TrailARN names no account`);
  const recorded = readSelectors(events.data);
  const found: Trail = {
    name: Name,
    account: is.IsOrganizationTrail ? null : account,
    regions: is.IsMultiRegionTrail ? null : [HomeRegion],
    logging: state.data.IsLogging,
    since: state.data.StartLoggingTime ?? null,
    ...recorded,
    leftOut: [...recorded.leftOut, ...(is.IncludeGlobalServiceEvents ? [] : GLOBAL)],
  };
  if (place === null) return ok(found);
  return ok(readAt(place, found, { bucket: S3BucketName, prefix: S3KeyPrefix }));
}

/**
 * The trails of a file that somebody exported who may read the settings: `trailList` as `aws cloudtrail describe-trails`
 * prints it; `eventSelectors` and `trailStatus`, for each trail by ARN or name, what `get-event-selectors` and
 * `get-trail-status` print.
 *
 * @param place of the logs, as in `trailOf`
 * @returns what the file lacks, in words.
 */
export function readExportedTrails(
  json: unknown,
  place: LogPlace | null,
): Result<readonly Trail[], string> {
  const file = exported.safeParse(json);
  if (!file.success) return err(mistake(file.error));
  const { trailList, eventSelectors, trailStatus } = file.data;
  const trails: Trail[] = [];
  for (const one of trailList) {
    const { Name = '', TrailARN = '' } = (one ?? {}) as { Name?: string; TrailARN?: string };
    const trail = trailOf(
      one,
      eventSelectors[TrailARN] ?? eventSelectors[Name],
      trailStatus[TrailARN] ?? trailStatus[Name],
      place,
    );
    if (!trail.ok) return trail;
    trails.push(trail.value);
  }
  return ok(trails);
}

function mistake({ issues }: z.ZodError): string {
  const [first] = issues;
  const path = first?.path.join('.') ?? '';
  return path === '' ? `${first?.message}` : `${path}: ${first?.message}`;
}
