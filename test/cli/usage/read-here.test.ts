import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { entitlementIn, readLogs, validBundle } from '../../../cli/usage/context.ts';
import { openReading } from '../../../cli/usage/read-here.ts';
import type { GrantToRead } from '../../../cli/usage/reading.ts';
import { targetRoleArn } from '../../../core/entitlement.ts';
import { files } from '../../support/bundles.ts';
import { TRAIL } from '../../support/sample-usage.ts';
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
  writeFileSync(trails, JSON.stringify({ trailList: [], eventSelectors: {}, trailStatus: {} }));
});
afterAll(() => {
  cleanUp();
  rmSync(folder, { recursive: true, force: true });
});

/** It records everything. */
const ALL = [
  { ...TRAIL, data: [{ type: 'AWS::S3::Object', prefixes: null, which: 'all' as const }] },
];
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
  const read = await readLogs(reading, { logs, trails }, toRead, NOW, () => {});
  const judging = { entitlement: ENTITLEMENT, deployment: DEPLOYMENT, trails: ALL };
  const all = grants.map((one, index) => ({ grant: one, usage: read.usages[index] ?? null }));
  const { actions, idle, unread } = reading.judgeEntitlement(judging, 90, all);
  const [first] = all;
  const alone = first?.usage ? reading.judgeGrant(judging, first.grant, first.usage) : null;
  const answers = (of: typeof actions) => [...new Set(of.map(({ answer, why }) => why ?? answer))];
  return { answers: answers(actions), alone: answers(alone?.actions ?? []), idle, unread };
}

const LACKING = 'not even the vend of the keys of 1 grant is in the logs';
const EARLY = 'no grant with keys had ended an hour before';
const MANY = Array.from({ length: 8 }, (_, index) => grant(index));

test('logs that have the vend of every grant tell what was not used', async () => {
  expect(await judged(MANY, MANY.map(vend))).toEqual({
    ...{ answers: ['unused'], alone: ['unused'], idle: 8, unread: 0 },
  });
});

test('a file of one day tells nothing of the grants of other days', async () => {
  const lacking = LACKING.replace('1 grant', '8 grants');
  const nothing = { answers: [lacking], alone: [LACKING], idle: 0, unread: 8 };
  expect(await judged(MANY, [])).toEqual(nothing);
  const but = MANY.slice(1).map(vend);
  expect(await judged(MANY, but)).toEqual({
    ...{ answers: [LACKING], alone: [LACKING], idle: 7, unread: 1 },
  });
});

test('nor do the logs of another account, which has a record of the vend as well', async () => {
  const theirs = MANY.map((one) => ({ ...vend(one), recipientAccountId: '999988887777' }));
  expect(await judged(MANY, theirs)).toMatchObject({ alone: [LACKING], idle: 0, unread: 8 });
});

test.each([
  ['goes on', { until: null, keysUntil: NOW + HOUR }],
  ['ended a minute ago', { until: NOW - 60_000, keysUntil: NOW - 60_000 }],
])('a grant that %s is not read, and casts no doubt on others', async (_, changes) => {
  const now = grant(0, { ...changes, from: NOW - HOUR });
  expect(await judged([now], [vend(now)])).toEqual({
    ...{ answers: [EARLY], alone: [EARLY], idle: 0, unread: 1 },
  });
  const others = MANY.slice(1);
  expect(await judged([now, ...others], [now, ...others].map(vend))).toMatchObject({
    ...{ answers: ['unused'], idle: 7, unread: 1 },
  });
});

test('a grant without keys is idle, needs no logs, and is no evidence', async () => {
  const without = grant(0, { keysUntil: null });
  expect(await judged([without], [])).toMatchObject({ answers: [EARLY], idle: 1, unread: 0 });
  const [, other = without] = MANY;
  expect(await judged([without, other], [vend(other)])).toMatchObject({
    ...{ answers: ['unused'], idle: 2, unread: 0 },
  });
});
