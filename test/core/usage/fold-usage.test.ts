import { describe, expect, test } from '@jest/globals';
import { UsageFold } from '../../../core/usage/fold-usage.ts';
import type { TrailRecord } from '../../../core/usage/record.ts';
import type { GrantUsage } from '../../../core/usage.ts';
import {
  ACCOUNT,
  asPart,
  BEGIN,
  CHAINED,
  called,
  END,
  FILE,
  GRANT,
  MEANING,
  READING,
  ROLE,
  record,
  refused,
  SECOND,
  usageOf,
  vend,
  wantedGrant,
} from './usage-world.ts';

const actionOf = (usage: GrantUsage, action: string) =>
  usage.actions.find((one) => one.action === action);
const many = <T>(length: number, make: (index: number) => T) =>
  Array.from({ length }, (_, index) => make(index));
const object = (key: string) => ({ resources: [{ arn: `arn:aws:s3:::acme/${key}`, type: null }] });

describe('the usage of a grant', () => {
  test('tells actions, resources, Regions and times', () => {
    const usage = usageOf([
      record({ at: BEGIN + 2000, region: 'us-east-1' }),
      record({ at: BEGIN + 1000 }),
      record({ at: BEGIN + 3000, ...object('b') }),
      called('kms:Decrypt', { resources: [], invokedBy: 's3.amazonaws.com' }),
    ]);
    expect(usage).toMatchObject({
      ...{ grantId: GRANT, entitlement: 'artifacts-read', principal: 'people:ana' },
      ...{ calls: 4, refused: 0, first: BEGIN + 1000, last: BEGIN + 600 * SECOND, unmapped: [] },
      read: { files: 1, records: 10, bytes: 1000, unreadable: 0, duplicates: 0 },
    });
    expect(usage.actions).toEqual([
      {
        ...{ action: 'kms:Decrypt', calls: 1, refused: 0, regions: ['eu-west-1'] },
        ...{ first: BEGIN + 600 * SECOND, last: BEGIN + 600 * SECOND, via: ['s3.amazonaws.com'] },
        ...{ resources: [], otherResources: 0, unnamedCalls: 1 },
      },
      {
        ...{ action: 's3:GetObject', calls: 3, refused: 0, regions: ['eu-west-1', 'us-east-1'] },
        ...{ first: BEGIN + 1000, last: BEGIN + 3000, via: [], otherResources: 0, unnamedCalls: 0 },
        resources: [
          { resource: 'arn:aws:s3:::acme/a', calls: 2, refused: 0 },
          { resource: 'arn:aws:s3:::acme/b', calls: 1, refused: 0 },
        ],
      },
    ]);
    expect(usage).not.toHaveProperty('leftOut');
  });

  test('is that of the wanted grants, also of those without calls', () => {
    const other = `gr_${'1'.repeat(20)}`;
    const fold = new UsageFold(MEANING, [wantedGrant(), wantedGrant({ id: other })], READING);
    fold.add(asPart(record()));
    fold.add(asPart(record({ sourceIdentity: `p.gr_${'2'.repeat(20)}` })));
    fold.add(asPart(record({ sourceIdentity: null })));
    expect(fold.usageOf(GRANT)).toMatchObject({ grantId: GRANT, calls: 1 });
    expect(fold.usageOf(other)).toMatchObject({ grantId: other, calls: 0 });
    expect(() => fold.usageOf(`gr_${'2'.repeat(20)}`)).toThrow('is no wanted grant');
  });

  test('counts a call once that two files have, or two accounts', () => {
    const twice = record();
    const shared = { sharedEventId: 'b1', name: 'PutObject' };
    const usage = usageOf([
      ...[twice, twice],
      ...[record(shared), record({ ...shared, account: '444455556666' })],
      record({ ...shared, name: 'GetObject' }),
    ]);
    expect(usage).toMatchObject({ calls: 3, read: { duplicates: 2 } });
    expect(actionOf(usage, 's3:PutObject')).toMatchObject({ calls: 1 });
  });

  test('counts the vend as nothing, in either account, whether it worked or not', () => {
    const usage = usageOf([
      ...[vend(), vend({ role: null }), vend({ error: 'AccessDenied' })],
      vend({ account: '999988887777' }),
    ]);
    expect(usage).toMatchObject({ calls: 0, refused: 0, actions: [], first: null, last: null });
    expect(usage.traits.chained).toEqual([]);
  });

  test('notes the vends that the account of its role has a record of, each once', () => {
    const shared = { sharedEventId: 'v1' };
    const theirs = vend({ ...shared, account: '999988887777' });
    const own = vend({ ...shared, role: null });
    expect(usageOf([])).toMatchObject({ vends: 0 });
    expect(usageOf([theirs])).toMatchObject({ vends: 0 });
    for (const both of [
      [theirs, own, own],
      [own, own, theirs],
    ]) {
      expect(usageOf([...both, vend()])).toMatchObject({ vends: 2, calls: 0 });
    }
    const other = { roleArn: CHAINED, sourceIdentity: `p4f6.${GRANT}` };
    expect(usageOf([vend({ request: other }), vend({ account: null })])).toMatchObject({
      vends: 0,
    });
  });

  test('is not that of sessions that somebody else gave its name', () => {
    const role = `arn:aws:iam::${ACCOUNT}:role/mine`;
    const usage = usageOf([
      vend({ request: { roleArn: role, sourceIdentity: `p4f6.${GRANT}` }, role }),
      record({ role, at: END + 999_000, sourceIp: '198.51.100.1', userAgent: 'x/1' }),
      refused('s3:PutObject', { role }),
      record({ role, error: 'SlowDown' }),
      called('s3:Frobnicate', { role }),
    ]);
    expect(usage).toMatchObject({ calls: 0, last: null, actions: [], unmapped: [] });
    expect(usage.traits).toEqual({
      ...{ networks: [], agents: [], refusedBurst: 0 },
      afterEnd: { calls: 0, refused: 0, last: null },
      chained: [{ role, calls: 3, refused: 1 }],
    });
  });

  test('has the call that enters a chained role, whichever account was read first', () => {
    const call = called('sts:AssumeRole', {
      ...{ sharedEventId: 'c1', request: { roleArn: CHAINED, sourceIdentity: `p4f6.${GRANT}` } },
    });
    // It says no more of the caller than the account.
    const entry = { eventId: 'other', role: null, givesIdentity: true };
    const theirs = { ...call, ...entry, account: '444455556666' };
    for (const both of [
      [call, theirs],
      [theirs, call],
    ]) {
      expect(actionOf(usageOf(both), 'sts:AssumeRole')).toMatchObject({ calls: 1 });
    }
  });

  test('counts the calls of a session that moves on to a chained role', () => {
    const usage = usageOf([
      called('sts:AssumeRole', {
        request: { roleArn: CHAINED, sourceIdentity: `p4f6.${GRANT}` },
      }),
      called('sts:AssumeRole', {
        role: CHAINED,
        request: { roleArn: ROLE, sourceIdentity: `p4f6.${GRANT}` },
      }),
      record({ role: CHAINED }),
      record({ role: CHAINED, error: 'AccessDenied' }),
    ]);
    expect(usage).toMatchObject({ calls: 4, refused: 1 });
    expect(actionOf(usage, 'sts:AssumeRole')).toMatchObject({ calls: 2 });
    expect(usage.traits.chained).toEqual([{ role: CHAINED, calls: 3, refused: 1 }]);
  });

  test('leaves refused calls of a chained role out of the actions: other statements refused them', () => {
    const usage = usageOf([
      refused('s3:PutObject', { role: CHAINED }),
      refused('s3:Frobnicate', { role: CHAINED }),
      refused('kms:CreateKey'),
      refused('kms:Decrypt', { role: null }),
      called('s3:GetObject', { role: CHAINED }),
    ]);
    expect(usage).toMatchObject({ calls: 5, refused: 4, unmapped: [] });
    expect(usage.actions.map(({ action, refused: of }) => [action, of])).toEqual([
      ...[
        ['kms:CreateKey', 1],
        ['kms:Decrypt', 1],
        ['s3:GetObject', 0],
      ],
    ]);
    expect(usage.traits.chained).toEqual([{ role: CHAINED, calls: 3, refused: 2 }]);
  });

  test('takes every role for the one of the grant where that is not known', () => {
    const usage = usageOf([refused('s3:PutObject', { role: CHAINED })], { targetRole: null });
    expect(usage.actions).toMatchObject([{ action: 's3:PutObject', refused: 1 }]);
  });

  test('counts every action that a call needs, and calls that need nobody knows what', () => {
    const usage = usageOf([
      called('s3:CopyObject'),
      called('s3:Frobnicate'),
      refused('s3:Frobnicate'),
      called('s3:Frobnicate', { error: 'SlowDown' }),
    ]);
    expect(usage.actions.map(({ action, calls }) => [action, calls])).toEqual([
      ['s3:GetObject', 1],
      ['s3:PutObject', 1],
    ]);
    expect(usage.unmapped).toEqual([
      { source: 's3.amazonaws.com', name: 'Frobnicate', calls: 2, refused: 1, unproven: 1 },
    ]);
  });

  test('tells refused calls from those that failed for another reason', () => {
    const usage = usageOf([record({ error: 'NoSuchKey' }), record({ error: 'AccessDenied' })]);
    expect(usage).toMatchObject({ calls: 2, refused: 1 });
    expect(actionOf(usage, 's3:GetObject')).toMatchObject({
      ...{ calls: 2, refused: 1 },
      resources: [{ resource: 'arn:aws:s3:::acme/a', calls: 2, refused: 1 }],
    });
  });

  test('keeps that an action was wanted, and no more, where the answer proves nothing', () => {
    const usage = usageOf([record({ error: 'SlowDown' })]);
    expect(usage).toMatchObject({ calls: 0, refused: 0, first: null, last: null });
    expect(usage.traits).toMatchObject({ networks: [], agents: [] });
    expect(usage.actions).toMatchObject([
      { action: 's3:GetObject', calls: 0, refused: 0, first: BEGIN + 600 * SECOND, resources: [] },
    ]);
  });

  test('counts files, their records and what could not be read', () => {
    const usage = usageOf([], {}, [
      ...[FILE, FILE],
      { kind: 'unreadable', place: 'a.json.gz, record 12', why: 'not JSON' },
    ]);
    expect(usage.read).toEqual({
      ...{ ...READING, files: 2, records: 20, bytes: 2000, unreadable: 1, duplicates: 0 },
    });
  });
});

describe('calls outside the time of the grant', () => {
  const LATE = END + 60_000;

  test('count before it, where clocks differ', () => {
    expect(usageOf([record({ at: BEGIN - 5000 })])).toMatchObject({
      ...{ calls: 1, first: BEGIN - 5000 },
      traits: { afterEnd: { calls: 0, refused: 0, last: null } },
    });
  });

  test('are told apart from a minute after its end on: before, the deny may not work everywhere', () => {
    const usage = usageOf([
      ...[record({ at: END - 1 }), record({ at: END }), record({ at: LATE - 1 })],
      ...[record({ at: LATE }), record({ at: LATE + 5000 })],
      refused('s3:GetObject', { at: LATE + 9000 }),
    ]);
    expect(usage.traits.afterEnd).toEqual({ calls: 3, refused: 1, last: LATE + 5000 });
    expect(usage).toMatchObject({ calls: 6, refused: 1 });
  });

  test('are not wanted where the deny at the end refused them', () => {
    const usage = usageOf([
      refused('s3:PutObject', { at: END }),
      refused('s3:Frobnicate', { at: LATE }),
    ]);
    expect(usage).toMatchObject({ calls: 2, refused: 2, actions: [], unmapped: [] });
    expect(usage.traits).toMatchObject({ refusedBurst: 0, afterEnd: { calls: 1, last: null } });
  });

  test.each([
    ['when it was revoked', { endedAt: BEGIN + 60_000 }],
    ['when it expired, though it was ended later', { endedAt: END + 60_000 }],
    ['at its expiry while it runs', { endedAt: null }],
  ])('begin %s', (_, grant) => {
    const late = Math.min(END, grant.endedAt ?? END) + 60_000;
    const usage = usageOf([record({ at: late - 1000 }), record({ at: late })], grant);
    expect(usage.traits.afterEnd).toMatchObject({ calls: 1, last: late });
  });

  test('are none while the grant has no end', () => {
    const usage = usageOf([record({ at: END * 2 })], { endedAt: null, expiresAt: null });
    expect(usage.traits.afterEnd).toEqual({ calls: 0, refused: 0, last: null });
  });
});

describe('who called', () => {
  test('is told by network and by family of agent', () => {
    const usage = usageOf([
      record(),
      record({ sourceIp: '192.0.2.99', userAgent: 'aws-cli/1.0' }),
      record({ sourceIp: '2001:db8:1:2::7', userAgent: 'Boto3/1.40', error: 'AccessDenied' }),
      record({ sourceIp: 'AWS Internal', userAgent: null }),
      record({ sourceIp: 'cloudformation.amazonaws.com', userAgent: null }),
      record({ sourceIp: null, userAgent: '' }),
    ]);
    expect(usage.traits.networks).toEqual([
      { network: '192.0.2.0/24', calls: 2, refused: 0 },
      { network: '2001:db8:1::/48', calls: 1, refused: 1 },
    ]);
    expect(usage.traits.agents).toEqual([
      { agent: 'aws-cli', calls: 2, refused: 0 },
      { agent: 'Boto3', calls: 1, refused: 1 },
    ]);
  });

  test('is nobody where a service called on behalf of the session', () => {
    const usage = usageOf([
      record({ invokedBy: 'athena.amazonaws.com', sourceIp: '198.51.100.1' }),
    ]);
    expect(usage.traits).toMatchObject({ networks: [], agents: [] });
    expect(actionOf(usage, 's3:GetObject')).toMatchObject({
      calls: 1,
      via: ['athena.amazonaws.com'],
    });
  });

  test.each([
    [[0, 0, 0], 3],
    [[0, 150, 300], 3],
    [[0, 150, 301], 2],
    [[0, 300, 301, 302, 900], 3],
    [[], 0],
  ])('was refused at seconds %p, at most %p times within five minutes', (seconds, most) => {
    const records = seconds.map((second) =>
      refused('s3:GetObject', { at: BEGIN + second * SECOND }),
    );
    expect(usageOf(records).traits.refusedBurst).toBe(most);
    expect(usageOf(records.toReversed()).traits.refusedBurst).toBe(most);
  });
});

describe('the bounds of a report', () => {
  test('keep the resources with most calls, and count the others', () => {
    const usage = usageOf([
      ...many(30, (index) => record(object(`once-${index}`))),
      ...many(3, () => record(object('often'))),
    ]);
    const use = actionOf(usage, 's3:GetObject');
    expect(use?.resources).toHaveLength(20);
    expect(use?.resources[0]).toEqual({
      ...{ resource: 'arn:aws:s3:::acme/often', calls: 3, refused: 0 },
    });
    expect(use?.otherResources).toBe(11);
  });

  test('keep refused resources among many that are called more', () => {
    const usage = usageOf([
      ...many(60, (index) => record(object(`used-${index % 30}`))),
      refused('s3:GetObject', object('elsewhere')),
    ]);
    expect(actionOf(usage, 's3:GetObject')?.resources).toContainEqual({
      ...{ resource: 'arn:aws:s3:::acme/elsewhere', calls: 1, refused: 1 },
    });
    const walk = usageOf([
      ...many(3000, (index) => record(object(`walk-${index}`))),
      ...many(3, () => refused('s3:GetObject', object('elsewhere'))),
    ]);
    expect(actionOf(walk, 's3:GetObject')).toMatchObject({ calls: 3003, otherResources: 2981 });
    expect(actionOf(walk, 's3:GetObject')?.resources[0]).toEqual({
      ...{ resource: 'arn:aws:s3:::acme/elsewhere', calls: 3, refused: 3 },
    });
    const all = usageOf(many(60, (index) => refused('s3:GetObject', object(`no-${index}`))));
    expect(actionOf(all, 's3:GetObject')).toMatchObject({ otherResources: 40 });
  });

  test('keep the networks, agents and roles with most calls, and say how many more there were', () => {
    const roles = [ROLE, ...many(25, (index) => `role${index}`)];
    const usage = usageOf(
      [
        ...many(25, (index) =>
          record({
            sourceIp: `198.51.${index}.1`,
            userAgent: `agent${index}/1`,
            role: `role${index}`,
          }),
        ),
        record({ sourceIp: '198.51.24.9', userAgent: 'agent24/2', role: 'role24' }),
      ],
      { roles },
    );
    expect(usage.traits.networks).toHaveLength(20);
    expect(usage.traits.networks[0]).toEqual({ network: '198.51.24.0/24', calls: 2, refused: 0 });
    expect(usage.leftOut).toEqual({ actions: 0, unmapped: 0, networks: 5, agents: 5, chained: 5 });
  });

  test('keep the actions and the unknown calls with most calls, and say how many more there were', () => {
    const meaning = {
      ...MEANING,
      actionsOf: ({ source, name }: TrailRecord) => (source === 'x' ? [] : [`s3:${name}`]),
    };
    const fold = new UsageFold(meaning, [wantedGrant()], READING);
    for (let index = 0; index < 250; index += 1) {
      fold.add(asPart(record({ name: `N${index}` })));
      fold.add(asPart(record({ name: `N${index}`, source: 'x' })));
    }
    fold.add(asPart(record({ name: 'N249' })));
    const usage = fold.usageOf(GRANT);
    expect(usage.actions).toHaveLength(200);
    expect(usage.actions.find(({ action }) => action === 's3:N249')).toMatchObject({ calls: 2 });
    expect(usage.unmapped).toHaveLength(50);
    expect(usage.leftOut).toMatchObject({ actions: 50, unmapped: 200 });
  });
});
