import { describe, expect, test } from '@jest/globals';
import type { Statement } from '../../../core/entitlement.ts';
import { type Judging, judge, judgeGrant } from '../../../core/usage/judge.ts';
import type { GrantRead } from '../../../core/usage/merge-uses.ts';
import type { Judged } from '../../../core/usage.ts';
import {
  ACCOUNT,
  BEGIN,
  called,
  END,
  FILE,
  grantRead,
  LOGS,
  MEANING,
  record,
  refused,
  SECOND,
  TRAIL,
  usageOf,
  vend,
} from './usage-world.ts';

const allow = (...Action: readonly string[]): Statement => ({
  ...{ Effect: 'Allow', Action, Resource: ['arn:aws:s3:::acme/*'] },
});
const judging = (statements: readonly Statement[], changes: Partial<Judging> = {}): Judging => ({
  ...{ statements, meaning: MEANING, logs: [LOGS], accounts: [ACCOUNT], ...changes },
});
const READ = judging([allow('s3:*', 'kms:Decrypt')]);

const answers = ({ actions }: Judged) =>
  Object.fromEntries(actions.map(({ action, answer, why }) => [action, why ?? answer]));
const id = (number: number) => `gr_${String(number).padStart(20, '0')}`;

describe('an action', () => {
  test('is used where a call had the permission, and else unused where it would have been seen', () => {
    const judged = judgeGrant(READ, grantRead([record(), record({ error: 'NoSuchKey' })]));
    expect(judged.summary).toEqual({ used: 1, granted: 4, unknown: 0 });
    expect(answers(judged)).toEqual({
      ...{ 's3:GetObject': 'used', 's3:PutObject': 'unused' },
      ...{ 's3:ListAllMyBuckets': 'unused', 'kms:Decrypt': 'unused' },
    });
    expect(judged.actions[0]).toEqual({
      ...{ action: 's3:GetObject', answer: 'used', why: null, whole: true },
      ...{ calls: 2, refused: 0, grants: 1, principals: 1 },
    });
    expect(judged).toMatchObject({ blind: [], wanted: [] });
  });

  test('is unknown where a call that was seen may have needed it as well', () => {
    const judged = judgeGrant(READ, grantRead([record({ name: 'PutObject' })]));
    expect(answers(judged)).toMatchObject({
      ...{ 's3:PutObject': 'used', 'kms:Decrypt': 'the object may be encrypted' },
    });
    const denied = judgeGrant(READ, grantRead([refused('s3:PutObject')]));
    expect(answers(denied)).toMatchObject({ 'kms:Decrypt': 'unused' });
  });

  test('is unknown where a call that nobody would have seen may have needed it as well', () => {
    const statements = [allow('s3:PutObject', 'kms:Decrypt')];
    const seen = judge(judging(statements), [grantRead([record()])]);
    expect(answers(seen)).toEqual({ 's3:PutObject': 'unused', 'kms:Decrypt': 'unused' });
    const unseen = { kind: 'none', why: 'no record shows it' } as const;
    const meaning: Judging['meaning'] = {
      ...MEANING,
      recordingOf: (action) => (action === 's3:PutObject' ? unseen : MEANING.recordingOf(action)),
    };
    const trail = { ...TRAIL, data: [] };
    for (const changes of [{ meaning }, { logs: [{ ...LOGS, trails: [trail] }] }]) {
      const judged = judge(judging(statements, changes), [grantRead([record()])]);
      expect(answers(judged)).toMatchObject({ 'kms:Decrypt': 'the object may be encrypted' });
      expect(judged.summary).toMatchObject({ used: 0, unknown: 2 });
    }
  });

  test('is unknown where some of what it is granted on leaves no record', () => {
    const meaning: Judging['meaning'] = {
      ...MEANING,
      recordingOf: () => ({
        ...{ kind: 'data', types: ['AWS::S3::Object'], readOnly: true },
        withoutArn: 'no record shows it',
      }),
    };
    const on = (...Resource: readonly string[]) => {
      const statements = [{ ...allow('s3:GetObject'), Resource }];
      return answers(judge(judging(statements, { meaning }), [grantRead([])]));
    };
    expect(on('arn:aws:s3:::acme/*')).toEqual({ 's3:GetObject': 'unused' });
    for (const wide of ['*', '{{number}}', '+49*']) {
      expect(on('arn:aws:s3:::acme/*', wide)).toEqual({ 's3:GetObject': 'no record shows it' });
    }
  });

  test('is not used where all its calls were refused', () => {
    const judged = judgeGrant(READ, grantRead([refused('s3:PutObject'), refused('s3:PutObject')]));
    expect(judged.actions.find(({ action }) => action === 's3:PutObject')).toEqual({
      ...{ action: 's3:PutObject', answer: 'unused', why: null, whole: true },
      ...{ calls: 2, refused: 2, grants: 0, principals: 0 },
    });
  });

  test('is used, also where no trail would have it', () => {
    const blind = judging([allow('s3:GetObject')], { logs: [{ ...LOGS, trails: [] }] });
    const judged = judge(blind, [grantRead([record()])]);
    expect(judged.actions).toMatchObject([{ answer: 'used', why: null, whole: false }]);
    expect(judged.blind).toMatchObject([{ service: 's3', why: 'no trail records the account' }]);
  });

  test('counts grants and principals that used it', () => {
    const judged = judge(READ, [
      grantRead([record()], { id: id(1) }),
      grantRead([record()], { id: id(2) }),
      grantRead([record()], { id: id(3), principal: 'people:ben' }),
      grantRead([refused('s3:GetObject')], { id: id(4), principal: 'people:cem' }),
    ]);
    expect(judged.actions[0]).toMatchObject({ calls: 4, refused: 1, grants: 3, principals: 2 });
  });

  test('is judged by the present statements', () => {
    const judged = judge(judging([allow('kms:Decrypt')]), [grantRead([record()])]);
    expect(answers(judged)).toEqual({ 'kms:Decrypt': 'unused' });
    expect(judged.wanted).toEqual([]);
  });

  test('is gone where a Deny statement takes it away', () => {
    const deny = { Effect: 'Deny', Action: ['s3:Put*'], Resource: ['*'] } as const;
    const judged = judge(judging([allow('s3:*'), deny]), [grantRead([])]);
    expect(Object.keys(answers(judged))).toEqual(['s3:GetObject', 's3:ListAllMyBuckets']);
  });
});

describe('the logs show every call of an action that was used', () => {
  const isWhole = (changes: Partial<Judging>, ...grants: readonly GrantRead[]) =>
    judge(judging([allow('s3:*', 'kms:Decrypt')], changes), grants).actions.find(
      ({ action }) => action === 's3:GetObject',
    );
  const whole = (is: boolean) => ({ answer: 'used', why: null, whole: is });
  const one = grantRead([record()]);

  test('unless a trail leaves some out', () => {
    const data = [
      { type: 'AWS::S3::Object', prefixes: ['arn:aws:s3:::acme/logs/'], which: 'all' as const },
    ];
    const logs = [{ ...LOGS, trails: [{ ...TRAIL, data }] }];
    expect(isWhole({}, one)).toMatchObject(whole(true));
    expect(isWhole({ logs }, one)).toMatchObject(whole(false));
    expect(isWhole({ logs: [LOGS, ...logs] }, one)).toMatchObject(whole(false));
  });

  test('unless grants or records were not read', () => {
    const unread = grantRead([], { id: id(1), usage: null });
    const parts = [FILE, { kind: 'unreadable', place: 'x', why: 'y' } as const];
    const partly = { ...one, usage: usageOf([record()], {}, parts) };
    expect(isWhole({}, one, unread)).toMatchObject(whole(false));
    expect(isWhole({}, partly)).toMatchObject(whole(false));
  });

  test('unless another call may have needed it, or calls of it prove nothing', () => {
    const meaning = {
      ...MEANING,
      checkedBeside: (called: string, other: string) =>
        called === 'kms:Decrypt' && other === 's3:GetObject' ? 'it may be there' : null,
    };
    const both = grantRead([record(), called('kms:Decrypt')]);
    expect(isWhole({}, both)).toMatchObject(whole(true));
    expect(isWhole({ meaning }, both)).toMatchObject(whole(false));
    const throttled = grantRead([record(), record({ error: 'SlowDown' })]);
    expect(isWhole({}, throttled)).toMatchObject(whole(false));
  });
});

describe('an action is unknown', () => {
  const whyOf = (
    statements: readonly Statement[],
    changes: Partial<Judging>,
    read = grantRead([]),
  ) => judge(judging(statements, changes), [read]).actions.map(({ answer, why }) => why ?? answer);

  test('where it has no record, or nobody has reviewed it', () => {
    expect(whyOf([allow('iam:PassRole', 'logs:StartQuery')], {})).toEqual([
      ...['passing a role is no call', 'nobody has reviewed the service'],
    ]);
  });

  test('where no trail would have it, which is said of the service as a whole', () => {
    const logs = [{ ...LOGS, trails: [{ ...TRAIL, data: [] }] }];
    const judged = judge(judging([allow('s3:*')], { logs }), [grantRead([])]);
    const why = 'no trail records data events of AWS::S3::Object';
    expect(answers(judged)).toEqual({
      ...{ 's3:GetObject': `${why} (${ACCOUNT})`, 's3:PutObject': `${why} (${ACCOUNT})` },
      's3:ListAllMyBuckets': 'unused',
    });
    expect(judged.blind).toEqual([{ service: 's3', accounts: [ACCOUNT], regions: [], why }]);
  });

  test('where the settings of the trails could not be read', () => {
    const logs = [{ ...LOGS, trails: null }];
    const judged = judge(judging([allow('s3:*', 'kms:*')], { logs }), [grantRead([])]);
    expect(judged.summary).toEqual({ used: 0, granted: 5, unknown: 5 });
    expect(judged.blind.map(({ service }) => service)).toEqual(['s3', 'kms']);
  });

  test('where the Regions that it names are not recorded', () => {
    const logs = [{ ...LOGS, trails: [{ ...TRAIL, regions: ['us-east-1'] }] }];
    const Resource = ['eu-west-1', 'us-east-1'].map((region) => `arn:aws:kms:${region}:1:key/a`);
    const statement = { Effect: 'Allow', Action: ['kms:Decrypt'], Resource } as const;
    expect(whyOf([statement], { logs })).toEqual([
      `no trail records the Region (${ACCOUNT}, eu-west-1)`,
    ]);
  });

  test('where some Regions are not recorded, which are said of the service together', () => {
    const logs = [{ ...LOGS, trails: [{ ...TRAIL, regions: ['us-east-1'] }] }];
    const key = (region: string) => `arn:aws:kms:${region}:1:key/a`;
    const on = (Action: string, ...Resource: readonly string[]) =>
      ({ Effect: 'Allow', Action: [Action], Resource }) as const;
    const why = 'no trail records the Region';
    const where = { service: 'kms', accounts: [ACCOUNT], why };
    const two = [
      on('kms:Decrypt', key('eu-west-1'), key('us-east-1')),
      on('kms:CreateKey', key('ca-central-1'), key('eu-west-1')),
    ];
    expect(judge(judging(two, { logs }), [grantRead([])]).blind).toEqual([
      { ...where, regions: ['ca-central-1', 'eu-west-1'] },
    ]);
    const empty = { ...grantRead([]), usage: usageOf([], {}, []) };
    const everywhere = { Effect: 'Allow', Action: ['kms:CreateKey'], Resource: ['*'] } as const;
    const mixed = [on('kms:Decrypt', key('eu-west-1')), everywhere];
    const { blind } = judge(judging(mixed), [empty]);
    expect(blind).toEqual([{ ...where, regions: [], why: 'no log file was found' }]);
  });

  test('where one of several logs that grants were read in would not have it', () => {
    const logs = [LOGS, { ...LOGS, trails: [{ ...TRAIL, data: [] }] }, LOGS];
    const judged = judge(judging([allow('s3:GetObject')], { logs }), [grantRead([])]);
    const why = 'no trail records data events of AWS::S3::Object';
    expect(judged.actions).toMatchObject([{ answer: 'unknown', why: `${why} (${ACCOUNT})` }]);
    expect(judged.blind).toEqual([{ service: 's3', accounts: [ACCOUNT], regions: [], why }]);
  });

  test('where the trail began to log after the first of the grants', () => {
    const since = BEGIN + SECOND;
    const late = [{ ...LOGS, trails: [{ ...TRAIL, since }] }];
    const [before, after] = [grantRead([]), grantRead([], { id: id(1), from: since })];
    const why = 'the trail all is logging only since 2026-11-25T10:00:01Z';
    const whys = (logs: Judging['logs'], ...grants: readonly GrantRead[]) =>
      judge(judging([allow('kms:Decrypt')], { logs }), grants).actions.map((of) => of.why);
    expect(whys(late, before, after)).toEqual([`${why} (${ACCOUNT})`]);
    expect(whys(late, after)).toEqual([null]);
    // Grants before were read in other logs.
    expect(
      whys([LOGS, { ...LOGS, trails: [{ ...TRAIL, since }], from: since }], before, after),
    ).toEqual([null]);
  });

  test('where a call was throttled, also if another one was refused', () => {
    const errors = ['AccessDenied', 'SlowDown'];
    const records = errors.map((error) => record({ error }));
    expect(whyOf([allow('s3:GetObject')], {}, grantRead(records))).toEqual([
      'its calls were answered before permissions were checked',
    ]);
    const unmapped = errors.map((error) => record({ name: 'Frobnicate', error }));
    expect(whyOf([allow('s3:GetObject')], {}, grantRead(unmapped))).toEqual([
      'what Frobnicate of s3.amazonaws.com needs is not known, and it was called',
    ]);
  });

  test('where it is an action on a bucket of whose objects not all are recorded', () => {
    const meaning = {
      ...MEANING,
      expandAction: (action: string) => [action],
      recordingOf: () => ({ kind: 'data', types: ['AWS::S3::Object'], readOnly: true }) as const,
    };
    const answerOf = (prefix: string, action: string, ...Resource: readonly string[]) => {
      const data = [{ type: 'AWS::S3::Object', prefixes: [prefix], which: 'all' as const }];
      const logs = [{ ...LOGS, trails: [{ ...TRAIL, data }] }];
      const statement: Statement = { Effect: 'Allow', Action: [action], Resource };
      const { actions } = judge(judging([statement], { logs, meaning }), [grantRead([])]);
      return actions[0]?.answer;
    };
    const bucket = 'arn:aws:s3:::mine';
    for (const action of ['s3:ListBucket', 's3:ListBucketVersions']) {
      expect(answerOf('arn:aws:s3:::other/', action, bucket)).toBe('unknown');
      expect(answerOf(`${bucket}/logs/`, action, bucket, `${bucket}/*`)).toBe('unknown');
      expect(answerOf(`${bucket}/`, action, '*')).toBe('unknown');
      expect(answerOf(`${bucket}/`, action, `${bucket}*`)).toBe('unknown');
      expect(answerOf(`${bucket}/`, action, bucket, 'arn:aws:s3:::other/a')).toBe('unused');
    }
    expect(answerOf(`${bucket}/`, 's3:GetObject', `${bucket}/*`, 'arn:aws:s3:::other')).toBe(
      'unused',
    );
    expect(answerOf(`${bucket}/`, 's3:GetObject', `${bucket}/*`, 'arn:aws:s3:::oth*')).toBe(
      'unknown',
    );
  });

  test('where no log file was found, and that is said of every service', () => {
    const empty = [[], [{ ...FILE, bytes: 0 }]].map((parts) => usageOf([], {}, parts));
    for (const usage of empty) {
      const judged = judge(READ, [{ ...grantRead([]), usage }]);
      expect(judged.summary).toEqual({ used: 0, granted: 4, unknown: 4 });
      expect(judged.actions[0]?.why).toBe(`no log file was found (${ACCOUNT})`);
      expect(judged.blind).toEqual([
        { service: 's3', accounts: [ACCOUNT], regions: [], why: 'no log file was found' },
        { service: 'kms', accounts: [ACCOUNT], regions: [], why: 'no log file was found' },
      ]);
    }
  });

  test('where a part of the logs could not be read', () => {
    const broken = { kind: 'unreadable', place: 'x', why: 'cut off' } as const;
    const usage = usageOf([vend(), record()], {}, [FILE, broken, broken]);
    expect(whyOf([allow('s3:Get*', 's3:Put*')], {}, { ...grantRead([]), usage })).toEqual([
      ...['used', '2 records could not be read'],
    ]);
    const whole = grantRead([record()], { id: id(1) });
    const both = judge(judging([allow('s3:Put*')]), [{ ...grantRead([]), usage }, whole]);
    expect(both.actions[0]?.why).toBe('2 records could not be read');
  });

  test.each<[string, Partial<GrantRead>]>([
    ['calls of 1 grant were not read', { usage: null }],
    ['the logs were not read for all of the time of 1 grant', { from: BEGIN - 1 }],
    ['the logs were not read for all of the time of 1 grant', { until: END * 2 }],
    ['no grant with keys had ended an hour before', { until: null }],
  ])('because %s', (why, changes) => {
    expect(whyOf([allow('kms:Decrypt')], {}, { ...grantRead([]), ...changes })).toEqual([why]);
  });

  test('where the logs lack the vend of the keys: then they lack the calls as well', () => {
    const lacking = { ...grantRead([], { id: id(1) }), usage: usageOf([], { id: id(1) }) };
    const why = 'not even the vend of the keys of 1 grant is in the logs';
    expect(whyOf([allow('kms:Decrypt')], {}, lacking)).toEqual([why]);
    const both = judge(READ, [grantRead([record()]), lacking]);
    expect(answers(both)).toMatchObject({ 's3:GetObject': 'used', 'kms:Decrypt': why });
  });

  test('where no grant had keys, but not where another one had none', () => {
    const usage = { ...usageOf([]), vends: null };
    const without = { ...grantRead([], { id: id(1) }), usage };
    expect(whyOf([allow('kms:Decrypt')], {}, without)).toEqual([
      'no grant with keys had ended an hour before',
    ]);
    expect(judge(READ, [grantRead([]), without]).summary).toMatchObject({ unknown: 0 });
  });

  test('where there was no grant', () => {
    expect(judge(READ, []).actions[0]?.why).toBe('there was no grant');
  });

  test('where one of several grants was not read, but not where it runs', () => {
    const [read, unread] = [grantRead([]), grantRead([], { id: id(1), usage: null })];
    expect(judge(READ, [read, unread]).summary).toMatchObject({ unknown: 4 });
    expect(judge(READ, [read, { ...unread, until: null }]).summary).toMatchObject({ unknown: 0 });
  });

  test('where its calls were answered before permissions were checked', () => {
    expect(whyOf([allow('s3:GetObject')], {}, grantRead([record({ error: 'SlowDown' })]))).toEqual([
      'its calls were answered before permissions were checked',
    ]);
  });

  test('where calls of its service were made of which nobody knows what they need', () => {
    const statements = [allow('cloudwatch:*', 's3:PutObject', 'kms:Decrypt')];
    const strange = [called('s3:Frobnicate'), called('cloudwatch:Frobnicate')];
    expect(whyOf(statements, {}, grantRead(strange))).toEqual([
      'what Frobnicate of monitoring.amazonaws.com needs is not known, and it was called',
      'what Frobnicate of s3.amazonaws.com needs is not known, and it was called',
      'the object may be encrypted',
    ]);
    expect(whyOf(statements, {}, grantRead([refused('s3:Frobnicate')]))[1]).toBe('unused');
  });

  test.each([
    ['more actions were called under 1 grant than are kept', { actions: 1 }],
    ['there were more calls than are kept', { unmapped: 1 }],
  ])('because %s', (why, counts) => {
    const leftOut = { actions: 0, unmapped: 0, networks: 9, agents: 9, chained: 9 };
    const read = grantRead([]);
    const usage = read.usage && { ...read.usage, leftOut };
    expect(whyOf([allow('kms:Decrypt')], {}, { ...read, usage })).toEqual(['unused']);
    const cut = usage && { ...usage, leftOut: { ...leftOut, ...counts } };
    expect(whyOf([allow('kms:Decrypt')], {}, { ...read, usage: cut })).toEqual([why]);
  });
});

describe('a pattern that nobody can expand', () => {
  test('is listed as it is, beside what it was used for', () => {
    const read = grantRead([record()]);
    const judged = judge(judging([allow('*', 'foo:*', 'foo:Bar')]), [read]);
    expect(answers(judged)).toEqual({
      's3:GetObject': 'used',
      '*': 'it names no service',
      'foo:*': 'the actions of the service are not known here',
      'foo:Bar': 'the actions of the service are not known here',
    });
    expect(judged.summary).toEqual({ used: 1, granted: 4, unknown: 3 });
  });

  test('is used where it is one action that was used', () => {
    const meaning = { ...MEANING, expandAction: () => null };
    const judged = judge(judging([allow('s3:getObject')], { meaning }), [grantRead([record()])]);
    expect(answers(judged)).toEqual({ 's3:GetObject': 'used' });
  });

  test('does not list what a statement grants by name, or NotAction leaves out', () => {
    const not = { Effect: 'Allow', NotAction: ['kms:*'], Resource: ['*'] } as const;
    const read = grantRead([record(), called('kms:Decrypt'), called('iam:GetRole')]);
    const judged = judge(judging([not, allow('s3:GetObject')]), [read]);
    expect(answers(judged)).toEqual({
      ...{ 'iam:GetRole': 'used', 's3:GetObject': 'used' },
      '*': 'NotAction allows every action but kms:*',
    });
  });
});
