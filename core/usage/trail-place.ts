import type { Trail } from './trail.ts';

/** Where log files are read: a bucket, and what their names begin with, to the slash. */
export type LogPlace = { readonly bucket: string; readonly prefix: string };

/**
 * What of a trail was read at a place: all of it, its files of one account or Region, or nothing, because it writes
 * elsewhere.
 *
 * @param to the bucket of the trail, and its prefix, which stands before `AWSLogs/`
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html
 */
export function readAt(place: LogPlace, trail: Trail, to: LogPlace): Trail {
  const before = to.prefix === '' || to.prefix.endsWith('/') ? to.prefix : `${to.prefix}/`;
  const folder = `${before}AWSLogs/`;
  const elsewhere = { ...trail, elsewhere: `s3://${to.bucket}/${folder}` };
  if (to.bucket !== place.bucket) return elsewhere;
  if (place.prefix === before) return trail;
  if (!place.prefix.startsWith(folder)) return elsewhere;
  const found = PLACES.exec(place.prefix.slice(folder.length));
  if (found === null) return elsewhere;
  const [, organisation, account = null, region = null] = found;
  const isBelow = organisation !== undefined || account !== null;
  // Files of an organisation's trail stand below its id, and those of other trails do not.
  if (isBelow && (trail.account === null) !== (organisation !== undefined)) return elsewhere;
  if (account !== null && trail.account !== null && trail.account !== account) return elsewhere;
  if (region !== null && trail.regions?.includes(region) === false) return elsewhere;
  return {
    ...trail,
    account: account ?? trail.account,
    regions: region === null ? trail.regions : [region],
  };
}

/** Days of a Region are not all of it. */
const PLACES = /^(?:(o-[a-z0-9]{10,32})\/)?(?:(\d{12})\/(?:CloudTrail\/(?:([a-z0-9-]+)\/)?)?)?$/;
