import { readFileSync } from 'node:fs';
import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { S3Client } from '@aws-sdk/client-s3';
import { parseS3Url } from '../../adapters/cloudtrail/list-logs.ts';
import { localLogs } from '../../adapters/cloudtrail/local-files.ts';
import { type LogSource, LogsUnavailable } from '../../adapters/cloudtrail/log-source.ts';
import { s3Logs } from '../../adapters/cloudtrail/s3-files.ts';
import { cloudTrails } from '../../adapters/cloudtrail/trails.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { UsageFold } from '../../core/usage/fold-usage.ts';
import { type Judging, judgeGrant } from '../../core/usage/judge.ts';
import { judgeEntitlement } from '../../core/usage/judge-entitlement.ts';
import { judgingOf } from '../../core/usage/judging-of.ts';
import { MEANING } from '../../core/usage/meaning-of-records.ts';
import { readRecord } from '../../core/usage/read-record.ts';
import type { Trail } from '../../core/usage/trail.ts';
import { readExportedTrails } from '../../core/usage/trail-settings.ts';
import type { ReadPart } from '../../core/usage/usage-ports.ts';
import { notes } from '../notes.ts';
import type { GrantToRead, Progress, ToJudge, UsageReading } from './reading.ts';

/** Reads CloudTrail files with the credentials of whoever runs the command. */
export function readHere(): UsageReading {
  return {
    readUsage: async ({ logs, trails, grants, window }, progress) => {
      const settings = await trailsOf(trails);
      if (!settings.ok) return settings;
      const source = sourceOf(logs);
      const fold = new UsageFold(MEANING, grants.map(toFold), { source: 'files', ...window });
      const needles = grants.map(({ id }) => id);
      try {
        for await (const part of counted(source.read(window, needles), progress)) fold.add(part);
      } catch (error) {
        if (error instanceof LogsUnavailable) return err(error.message);
        throw error;
      }
      return ok({ usages: grants.map(({ id }) => fold.usageOf(id)), trails: settings.value });
    },
    readRecords: (logs, window, needles) => sourceOf(logs).read(window, needles),
    judgeGrant: (judging, grant, usage) =>
      judgeGrant(ofHere(judging, grant.parameters), { ...grant, usage }),
    judgeEntitlement: (judging, days, grants) =>
      judgeEntitlement(ofHere(judging, {}), {
        ...{ entitlement: judging.entitlement.id, days },
        grants: grants.map(({ grant, usage }) => ({ ...grant, usage })),
      }),
    map: {
      ...MEANING,
      expand: MEANING.expandAction,
      serviceOf: (source) => MEANING.servicesOf(source)[0] ?? '',
    },
  };
}

function sourceOf(logs: string): LogSource {
  const place = parseS3Url(logs);
  if (place === null) return localLogs(logs, readRecord);
  return s3Logs({ client: new S3Client({ followRegionRedirects: true }), ...place }, readRecord);
}

/** The roles of a grant stand in no answer of the broker, so that nothing is said of sessions in other roles. */
function toFold({ id, entitlement, principal, from, until }: GrantToRead) {
  const times = { createdAt: from, endedAt: until, expiresAt: null };
  return { id, entitlement, principal, ...times, targetRole: null, roles: [], networks: [] };
}

function ofHere(
  { entitlement, deployment, trails }: ToJudge,
  parameters: GrantToRead['parameters'],
): Judging {
  const logs = { trails, accounts: null, regions: null };
  return judgingOf(entitlement, deployment, parameters, { meaning: MEANING, logs });
}

async function* counted(
  parts: AsyncIterable<ReadPart>,
  progress: Progress,
): AsyncGenerator<ReadPart, void> {
  const at = { files: 0, records: 0, bytes: 0 };
  for await (const part of parts) {
    if (part.kind === 'file') {
      at.files += 1;
      at.records += part.records;
      at.bytes += part.bytes;
      progress(at);
    }
    yield part;
  }
}

/** From a file, or from AWS. Where AWS does not answer, nothing counts as unused, and a note says why. */
async function trailsOf(file: string | null): Promise<Result<readonly Trail[] | null, string>> {
  if (file !== null) return exported(file);
  const region = await new CloudTrailClient({}).config.region().catch(() => null);
  if (region === null) return noTrails('no Region is configured');
  const reader = cloudTrails({
    in: (home) => new CloudTrailClient({ region: home }),
    regions: [region],
    report: noTrails,
  });
  const asked = await reader.trails();
  return ok(asked.ok ? asked.value : null);
}

function noTrails(why: string): Result<null, never> {
  notes.print(
    `The settings of the trails cannot be read: ${why}. Everything that was not used counts as unknown. Name a file with --trails, or use credentials that may read them.`,
  );
  return ok(null);
}

function exported(file: string): Result<readonly Trail[], string> {
  try {
    return readExportedTrails(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    return err(`${file} cannot be read (${error instanceof Error ? error.message : 'unknown'})`);
  }
}
