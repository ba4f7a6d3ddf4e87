import {
  operatorBucket,
  operatorLogs,
  operatorTrails,
} from '../../adapters/cloudtrail/operator-logs.ts';
import { trailsOfFile } from '../../adapters/cloudtrail/trails-file.ts';
import { chainedRoleArns, targetRoleArn } from '../../core/entitlement.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { UsageFold } from '../../core/usage/fold-usage.ts';
import { type Judging, judgeGrant } from '../../core/usage/judge.ts';
import { judgeEntitlement } from '../../core/usage/judge-entitlement.ts';
import { judgingOf } from '../../core/usage/judging-of.ts';
import { LogsUnavailable } from '../../core/usage/logs-unavailable.ts';
import { MEANING } from '../../core/usage/meaning-of-records.ts';
import { readRecord } from '../../core/usage/read-record.ts';
import type { Trail } from '../../core/usage/trail.ts';
import type { LogPlace } from '../../core/usage/trail-place.ts';
import type { GrantUsage } from '../../core/usage.ts';
import { notes } from '../notes.ts';
import { settled } from './grants.ts';
import type { GrantToRead, ToJudge, UsageReading } from './reading.ts';

/** Reads CloudTrail files with the credentials of whoever runs the command. */
export async function openReading(): Promise<UsageReading> {
  return {
    readUsage: async ({ logs, trails, entitlement, deployment, grants, window }, progress) => {
      const settings = await trailsOf(trails, logs);
      if (!settings.ok) return settings;
      const roles = [
        targetRoleArn(entitlement, deployment),
        ...chainedRoleArns(entitlement, deployment),
      ];
      const wanted = grants.map((grant) => toFold(grant, roles));
      const fold = new UsageFold(MEANING, wanted, { source: 'files', ...window });
      const needles = grants.map(({ id }) => id);
      const read = await readRecords({ logs, window, needles }, (part) => fold.add(part), progress);
      if (!read.ok) return read;
      const usages = grants.map((grant) => ofKeys(grant, fold.usageOf(grant.id)));
      return ok({ usages, trails: settings.value });
    },
    readRecords,
    judgeGrant: (judging, grant, usage) =>
      judgeGrant(ofHere(judging, grant.parameters), { ...settled(grant, usage), usage }),
    judgeEntitlement: (judging, days, grants) =>
      judgeEntitlement(ofHere(judging, {}), {
        ...{ entitlement: judging.entitlement.id, days },
        grants: grants.map(({ grant, usage }) => ({
          ...(usage === null ? grant : settled(grant, usage)),
          usage,
        })),
      }),
    map: MEANING,
  };
}

/** A grant without keys has no vend that the logs could lack. */
function ofKeys({ keysUntil }: GrantToRead, usage: GrantUsage): GrantUsage {
  return keysUntil === null && usage.vends === 0 ? { ...usage, vends: null } : usage;
}

/** By the roles of the entitlement as it is now: those of the grant stand in no answer of the broker. */
function toFold({ from, until, ...grant }: GrantToRead, roles: readonly string[]) {
  const [targetRole = null] = roles;
  const times = { createdAt: from, endedAt: until, expiresAt: null };
  return { ...grant, ...times, targetRole, roles, networks: [] };
}

function ofHere(
  { entitlement, deployment, trails }: ToJudge,
  parameters: GrantToRead['parameters'],
): Judging {
  const logs = [{ trails, accounts: null, regions: null }];
  return judgingOf(entitlement, deployment, parameters, { meaning: MEANING, logs });
}

const readRecords: UsageReading['readRecords'] = async (from, add, progress) => {
  const at = { files: 0, records: 0, bytes: 0 };
  try {
    for await (const part of operatorLogs(from.logs, readRecord).read(from.window, from.needles)) {
      if (part.kind === 'file') {
        at.files += 1;
        at.records += part.records;
        at.bytes += part.bytes;
        progress(at);
      }
      add(part);
    }
    return ok(null);
  } catch (error) {
    if (error instanceof LogsUnavailable) return err(error.message);
    throw error;
  }
};

/** From a file, or from AWS. Where AWS does not answer, nothing counts as unused, and a note says why. */
async function trailsOf(
  file: string | null,
  logs: string,
): Promise<Result<readonly Trail[] | null, string>> {
  let why = '';
  const note = (reason: string): void => {
    why = reason;
  };
  const place = placeOf(logs);
  if (!place.ok) return place;
  const reader =
    file === null ? operatorTrails(place.value, note) : trailsOfFile(file, place.value, note);
  const asked = await reader.trails();
  if (asked.ok) return ok(asked.value);
  if (file !== null) return err(why);
  notes.print(
    `The settings of the trails cannot be read: ${why}. What was not used counts as unknown. Name a file with --trails, or use credentials that may read them.`,
  );
  return ok(null);
}

/** Copies in a folder do not tell which trail wrote them. */
function placeOf(logs: string): Result<LogPlace | null, string> {
  try {
    return ok(operatorBucket(logs));
  } catch (error) {
    if (error instanceof LogsUnavailable) return err(error.message);
    throw error;
  }
}
