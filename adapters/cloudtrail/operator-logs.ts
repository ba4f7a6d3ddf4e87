import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { S3Client } from '@aws-sdk/client-s3';
import { err } from '../../core/result.ts';
import { LogsUnavailable } from '../../core/usage/logs-unavailable.ts';
import type { LogPlace } from '../../core/usage/trail-place.ts';
import type { TrailReader } from '../../core/usage/usage-ports.ts';
import { type LogBucket, parseS3Url } from './list-objects.ts';
import { localLogs } from './local-files.ts';
import type { LogSource, ReadRecord } from './log-source.ts';
import { s3Logs } from './s3-files.ts';
import { cloudTrails } from './trails.ts';

/** Logs and trails, with the credentials that the SDK finds (environment, profile, SSO). */

/** The SDK would print warnings among the command's own output. */
const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

/**
 * The logs at a place that an operator names: `s3://bucket/prefix`, a folder, or a file.
 *
 * @throws LogsUnavailable where a URL is none of S3; the source's own errors are those of `localLogs` and `s3Logs`.
 */
export function operatorLogs(place: string, readRecord: ReadRecord): LogSource {
  const bucket = operatorBucket(place);
  return bucket === null ? localLogs(place, readRecord) : s3Logs(bucket, readRecord);
}

/** Null for what is no URL. @throws LogsUnavailable where it is one, and not of S3. */
export function operatorBucket(place: string): LogBucket | null {
  if (!/^[a-z0-9]+:\/\//i.test(place)) return null;
  const url = parseS3Url(place);
  if (url === null) throw new LogsUnavailable(`${place} is not of the form s3://bucket/prefix`);
  // The bucket may be in another Region than the operator's.
  return { client: new S3Client({ followRegionRedirects: true, logger: SILENT }), ...url };
}

/**
 * The trails that record in the operator's Region: those of all Regions and those of this one.
 *
 * @param place where logs are read; null for a folder or a file
 */
export function operatorTrails(place: LogPlace | null, report: (why: string) => void): TrailReader {
  const clients = new Map<string, CloudTrailClient>();
  const clientIn = (region: string): CloudTrailClient => {
    const client = clients.get(region) ?? new CloudTrailClient({ region, logger: SILENT });
    clients.set(region, client);
    return client;
  };
  return {
    trails: async () => {
      const region = await ownRegion();
      if (region !== null) {
        return cloudTrails({ in: clientIn, regions: [region], place, report }).trails();
      }
      report('no Region is configured; set AWS_REGION, or region in the profile');
      return err({ code: 'unavailable', what: 'cloudtrail' });
    },
  };
}

async function ownRegion(): Promise<string | null> {
  try {
    return await new CloudTrailClient({ logger: SILENT }).config.region();
  } catch {
    return null;
  }
}
