import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { entitlementIn, readLogs, validBundle } from '../../../cli/usage/context.ts';
import { openReading } from '../../../cli/usage/read-here.ts';
import type { GrantToRead } from '../../../cli/usage/reading.ts';
import { targetRoleArn } from '../../../core/entitlement.ts';
import { files } from '../../support/bundles.ts';
import { bundleFolder, cleanUp } from '../command.ts';
import { DEPLOYMENT, idOf, NOW } from './fakes.ts';

/** What can be said of grants by CloudTrail files of which some, or most, are missing. */

const HOUR = 3_600_000;
const ENTITLEMENT = entitlementIn(validBundle(bundleFolder(files())), 'read');
const ROLE = targetRoleArn(ENTITLEMENT, DEPLOYMENT);
let folder: string;
let trails: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'valetkey-read-here-'));
  trails = join(folder, 'trails.txt');
  const selectors = [
    { FieldSelectors: [{ Field: 'eventCategory', Equals: ['Management'] }] },
    {
      FieldSelectors: [
        { Field: 'eventCategory', Equals: ['Data'] },
        { Field: 'resources.type', Equals: ['AWS::S3::Object'] },
      ],
    },
  ];
  const trail = { Name: 'all', IsMultiRegionTrail: true, IsOrganizationTrail: true };
  writeFileSync(trails, JSON.stringify([{ trail, selectors, TRAILS }]));
});
afterAll(() => {
  cleanUp();
  rmSync(folder, { recursive: true, force: true });
});

const TRAILS = null;
const grant = (index: number, changes: Partial<GrantToRead> = {}): GrantToRead => {
  const until = NOW - (2 + index) * 24 * HOUR;
  const of = { id: idOf(index), entitlement: 'read', principal: 'people:ana', name: 'Ana' };
  return { ...of, parameters: {}, from: until - HOUR, until, keysUntil: until, ...changes };
};

let vends = 0;
const vend = ({ id, from }: GrantToRead) => {
  vends += 1;
  return {
    ...{ eventVersion: '1.11', eventID: `v${vends}`, eventTime: new Date(from).toISOString() },
    ...{ eventSource: 'sts.amazonaws.com', eventName: 'AssumeRole', awsRegion: 'eu-central-1' },
    ...{ recipientAccountId: ROLE.split(':')[4], eventCategory: 'Management', readOnly: true },
    userIdentity: { type: 'AWSService', invokedBy: 'x' },
    requestParameters: { roleArn: ROLE, sourceIdentity: `p4f6.${id}` },
  };
};

async function judged(grants: readonly GrantToRead[], records: readonly object[]) {
  const logs = join(folder, 'logs.json');
  writeFileSync(logs, JSON.stringify({ Records: records }));
  const reading = await openReading();
  const toRead = { entitlement: ENTITLEMENT, deployment: DEPLOYMENT, grants };
  const read = await readLogs(reading, { logs, trails: null }, toRead, NOW, () => {});
  const judging = { entitlement: ENTITLEMENT, deployment: DEPLOYMENT, trails: ALL };
  const all = grants.map((one, index) => ({ grant: one, usage: read.usages[index] ?? null }));
  const { actions, idle, unread } = reading.judgeEntitlement(judging, 90, all);
  const [first] = all;
  const alone = first?.usage ? reading.judgeGrant(judging, first.grant, first.usage) : null;
  const answers = (of: typeof actions) => [...new Set(of.map(({ answer, why }) => why ?? answer))];
  return { answers: answers(actions), alone: answers(alone?.actions ?? []), idle, unread };
}
