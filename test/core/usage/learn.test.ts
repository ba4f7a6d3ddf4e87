import { describe, expect, test } from '@jest/globals';
import { readBundleFiles } from '../../../adapters/files/bundle-files.ts';
import { entitlementFile } from '../../../core/bundle/entitlement-file.ts';
import { withStatements } from '../../../core/bundle/pasted-policy.ts';
import { inspectPattern } from '../../../core/bundle/pattern.ts';
import { readYaml } from '../../../core/bundle/yaml-file.ts';
import { readBundle } from '../../../core/policy/read-bundle.ts';
import { containsAction, containsResource } from '../../../core/session-policy/glob.ts';
import { fullMatch } from '../../../core/session-policy/parameters.ts';
import { renderStatements } from '../../../core/session-policy/template.ts';
import { GROUP_TO_FILL_IN, learnEntitlement, ROLE_TO_FILL_IN } from '../../../core/usage/learn.ts';
import { learnResources } from '../../../core/usage/learn-resources.ts';
import {
  type Chosen,
  RecordingFold,
  type RecordMap,
} from '../../../core/usage/observe-recording.ts';
import type { TrailRecord } from '../../../core/usage/record.ts';
import { commonShape, shapeOf } from '../../../core/usage/value-shape.ts';
import { language } from '../../support/bundles.ts';

const KEY = 'ASIAEXAMPLE000000001';
const AT = Date.parse('2026-11-23T10:00:00Z');
const chosen: Chosen = {
  ...{ accessKeyIds: [KEY], grantId: null, sessionName: null },
  ...{ from: AT, until: AT + 3_600_000 },
};
let events = 0;

function record(
  action: string,
  arn: string | null,
  changes: Partial<TrailRecord> = {},
): TrailRecord {
  const [service = '', name = ''] = action.split(':');
  events += 1;
  return {
    ...{ eventId: `e${events}`, sharedEventId: null, at: AT + events * 1000 },
    ...{ source: `${service}.amazonaws.com`, name, region: 'eu-central-1' },
    ...{ account: '111122223333', callerAccount: '111122223333', error: null, errorMessage: null },
    ...{
      sourceIdentity: null,
      givesIdentity: false,
      role: null,
      sessionName: 'ana',
      accessKeyId: KEY,
      sourceIp: null,
    },
    ...{ userAgent: null, invokedBy: null, category: 'Management', request: {} },
    resources: arn === null ? [] : [{ arn, type: null }],
    ...changes,
  };
}

const MAP: RecordMap = {
  grantOf: ({ sourceIdentity }) => sourceIdentity?.split('.').at(-1) ?? null,
  actionsOf: ({ source, name }) =>
    name === 'Mystery' ? [] : [`${source.replace('.amazonaws.com', '')}:${name}`],
  unprovenActionsOf: () => [],
  resourceOf: ({ resources }) => resources[0]?.arn ?? null,
};

function observed(records: readonly TrailRecord[], by: Partial<Chosen> = {}, map = MAP) {
  const fold = new RecordingFold({ ...chosen, ...by }, map);
  for (const one of records) fold.add(one);
  return fold.observed();
}

function learned(records: readonly TrailRecord[]) {
  const found = learnEntitlement(observed(records), 'people');
  if (!found.ok) throw new Error(found.error);
  const { text, review } = found.value;
  const read = readYaml('entitlements/l.yaml', text, entitlementFile, withStatements);
  if (!read.ok) throw new Error(JSON.stringify(read.error));
  return { text, review: review.join('\n'), entitlement: read.value.value };
}

const S3 = 'arn:aws:s3:::acme-artifacts';
const DEPLOY = [
  record('s3:ListBucket', S3),
  record('s3:GetObject', `${S3}/checkout/1.4.2/app.zip`, { category: 'Data' }),
  record('lambda:UpdateFunctionCode', 'arn:aws:lambda:eu-central-1:111122223333:function:checkout'),
  record(
    'logs:GetLogEvents',
    'arn:aws:logs:eu-central-1:111122223333:log-group:/services/checkout',
  ),
  record('ec2:DescribeInstances', null),
];

describe('which calls belong to a recording', () => {
  test.each([
    ['its keys', {}, 5],
    ['its grant', { accessKeyIds: [], grantId: 'gr_1' }, 1],
    ['its session', { accessKeyIds: [], sessionName: 'ben' }, 1],
    ['its time', { from: Number.MAX_SAFE_INTEGER }, 0],
    ['nothing at all', { accessKeyIds: [] }, 0],
  ])('are told by %s', (_, by, count) => {
    const others = [
      record('s3:PutObject', null, { accessKeyId: 'ASIAOTHER', sourceIdentity: 'p-1.gr_1' }),
      record('s3:PutObject', null, { accessKeyId: null, sessionName: 'ben' }),
      // The broker vends, and anybody can give a session of theirs the name of the grant.
      record('sts:AssumeRole', null, {
        ...{ accessKeyId: 'ASIABROKER', sourceIdentity: 'p-1.gr_1', givesIdentity: true },
      }),
    ];
    expect(observed([...DEPLOY, ...others], by).calls).toBe(count);
  });

  test('count once, also in the account of the resource', () => {
    const one = record('s3:GetObject', `${S3}/a`, { sharedEventId: 's1' });
    const twice = { ...one, eventId: 'other', account: '444455556666' };
    expect(observed([one, one, twice]).calls).toBe(1);
  });
});

describe('resources', () => {
  test('have placeholders for account and Region, and parameters for what recurs', () => {
    const { entitlement } = learned(DEPLOY);
    expect(entitlement.statements.map(({ Action, Resource }) => [Action, Resource])).toEqual([
      [['ec2:DescribeInstances'], ['*']],
      [
        ['lambda:UpdateFunctionCode'],
        ['arn:aws:lambda:{{region}}:{{account}}:function:{{function}}'],
      ],
      [
        ['logs:GetLogEvents'],
        ['arn:aws:logs:{{region}}:{{account}}:log-group:/services/{{function}}'],
      ],
      [['s3:GetObject'], ['arn:aws:s3:::acme-artifacts/{{function}}/{{version}}/app.zip']],
      [['s3:ListBucket'], ['arn:aws:s3:::acme-artifacts']],
    ]);
    expect(entitlement.parameters['version']).toMatchObject({
      description: 'A guess from 1.4.2 in the recording',
    });
  });

  test('of which many differ become one with a wildcard', () => {
    const days = ['2026-11-20', '2026-11-21'];
    const { entitlement } = learned([
      ...days.map((day) => record('s3:GetObject', `${S3}/reports/${day}/all.csv`)),
      ...['a', 'b', 'c', 'd'].map((name) => record('s3:PutObject', `${S3}/out/${name}.txt`)),
    ]);
    expect(entitlement.statements.map(({ Resource }) => Resource)).toEqual([
      [`${S3}/reports/*`],
      [`${S3}/out/*`],
    ]);
  });

  test('of services are counted apart', () => {
    const names = Array.from({ length: 15 }, (_, at) => `${'abcdefghijklmno'[at]}-jobs`);
    const arns = names.flatMap((name) => [
      `arn:aws:sqs:eu-central-1:111122223333:${name}`,
      `arn:aws:sns:eu-central-1:111122223333:${name}`,
    ]);
    const { patternOf } = learnResources(arns, { account: null, region: null }, 3);
    expect(arns.filter((arn) => patternOf(arn)?.includes('*'))).toEqual([]);
  });

  test('that are no ARNs have no pattern', () => {
    const place = { account: '111122223333', region: 'eu-central-1' };
    const { patternOf } = learnResources(['acme', `${S3}/a`], place, 3);
    expect([patternOf('acme'), patternOf(`${S3}/a`)]).toEqual([null, `${S3}/a`]);
  });

  test('that look like patterns or placeholders do not become any', () => {
    const { entitlement } = learned([
      record('s3:GetObject', `${S3}/{{account}}/x`),
      record('s3:PutObject', `${S3}/b*/x`),
    ]);
    expect(entitlement.statements[0]?.Resource).toEqual([`${S3}/*`]);
  });

  test('of several accounts and Regions are written out', () => {
    const { entitlement, review } = learned([
      record('sqs:SendMessage', 'arn:aws:sqs:eu-central-1:111122223333:a'),
      record('sqs:SendMessage', 'arn:aws:sqs:us-east-1:444455556666:a', {
        ...{ region: 'us-east-1', callerAccount: '444455556666' },
      }),
    ]);
    expect(entitlement.statements[0]?.Resource).toEqual([
      'arn:aws:sqs:eu-central-1:111122223333:a',
      'arn:aws:sqs:us-east-1:444455556666:a',
    ]);
    expect(review).toContain('several were used');
  });
});

describe('the draft', () => {
  test('is of high risk, needs an approval, and says what to review', () => {
    const { text, entitlement, review } = learned([
      ...DEPLOY,
      record('iam:CreateRole', null, { error: 'AccessDenied' }),
      record('new:Mystery', null),
    ]);
    expect(entitlement).toMatchObject({ risk: 'high', approval: { required: 1 } });
    expect(entitlement.statements.flatMap(({ Action }) => Action)).not.toContain('iam:CreateRole');
    expect(review).toContain('what AWS refused, at least once: iam:CreateRole');
    expect(review).toContain('new.amazonaws.com Mystery');
    expect(review).toContain('only those of which a trail records data events');
    for (const line of review.split('\n')) expect(text).toContain(`# - ${line}`);
  });

  test.each([
    ['arn:aws-cn:s3:::acme/a', 'cn-north-1', 'arn:aws-cn:iam::'],
    [null, 'cn-north-1', 'arn:aws-cn:iam::'],
    [null, 'us-gov-west-1', 'arn:aws-us-gov:iam::'],
    [null, 'eu-central-1', 'arn:aws:iam::'],
  ])('of %s in %s has a role of that partition', (arn, region, role) => {
    expect(learned([record('s3:GetObject', arn, { region })]).entitlement.target).toContain(role);
  });

  test('names what a call needs that was refused for another action, and does not allow it', () => {
    const error = 'AccessDenied';
    const refused = record('s3:GetObject', null, { error });
    const map = {
      ...MAP,
      actionsOf: (one: TrailRecord) => (one === refused ? ['s3:ListBucket'] : MAP.actionsOf(one)),
      unprovenActionsOf: (one: TrailRecord) => (one === refused ? MAP.actionsOf(one) : []),
    };
    const seen = observed([record('s3:PutObject', S3), refused], {}, map);
    expect(seen.unproven).toEqual(['s3:GetObject']);
    const found = learnEntitlement(seen, 'people');
    if (!found.ok) throw new Error(found.error);
    expect(found.value.review).toContain(
      'what calls need that AWS refused for another action: s3:GetObject',
    );
    expect(found.value.text).not.toMatch(/Action: .*s3:GetObject/);
    const allowed = observed([...DEPLOY, refused], {}, map);
    expect(allowed.unproven).toEqual([]);
  });

  test('of no call, or of refused calls alone, is none', () => {
    expect(learnEntitlement(observed([]), 'people')).toMatchObject({ ok: false });
    const refused = record('s3:GetObject', null, { error: 'AccessDenied' });
    expect(learnEntitlement(observed([refused]), 'people')).toMatchObject({ ok: false });
  });

  test('that is longer than AWS takes says so', () => {
    const { review } = learned(
      Array.from({ length: 200 }, (_, index) => record(`s3:DoSomethingOfNumber${index}`, null)),
    );
    expect(review).toContain('longer than a session policy may be');
  });

  test('with control characters in names stays one line each', () => {
    const { text } = learned([
      record('s3:GetObject', `${S3}/a\nid: other`),
      record('new:Mystery', null, { source: 'x\ny' }),
    ]);
    expect(text).not.toMatch(/^(id: other|y)/m);
  });

  test.each([
    ['a few calls', DEPLOY],
    [
      'hundreds of places',
      Array.from({ length: 400 }, (_, index) =>
        record(`s${index % 4}:Do${index % 20}`, `${S3}-${index}/x/${index}/y`),
      ),
    ],
  ])('of %s passes policy check with the role filled in', (_, records) => {
    const { text } = learned(records);
    const filled = text
      .replace(ROLE_TO_FILL_IN, 'valetkey/learned')
      .replace(GROUP_TO_FILL_IN, 'platform');
    const files = new Map([...readBundleFiles('policy'), ['entitlements/learned.yaml', filled]]);
    const read = readBundle(files, language);
    expect(read.ok ? [] : read.error).toEqual([]);
  });

  test('allows every call of the recording, with the values that stood there', () => {
    const { entitlement } = learned(DEPLOY);
    const parameters = { function: 'checkout', version: '1.4.2' };
    for (const [name, value] of Object.entries(parameters)) {
      expect(value).toMatch(fullMatch(entitlement.parameters[name]?.pattern ?? '^$'));
    }
    const rendered = renderStatements(entitlement, parameters, {
      ...{ account: '111122223333', region: 'eu-central-1' },
    });
    for (const one of DEPLOY) {
      const [action = ''] = MAP.actionsOf(one);
      const resource = one.resources[0]?.arn ?? '*';
      const allows = rendered.some(
        ({ Action = [], Resource = [] }) =>
          Action.some((pattern) => containsAction(pattern, action)) &&
          Resource.some((pattern) => containsResource(pattern, resource)),
      );
      expect([action, allows]).toEqual([action, true]);
    }
  });
});

describe('shapes', () => {
  test.each([
    ['0b7c3c2e-8d2f-4d9f-9d6e-1f2a3b4c5d6e', 'id'],
    ['2026-11-23', 'date'],
    ['20261123', 'date'],
    ['v1.4.2', 'version'],
    ['i-0abc1234def567890', 'id'],
    ['123456789012', 'id'],
    ['9f86d081884c7d65', 'id'],
  ])('of %s', (value, kind) => {
    const shape = shapeOf(value);
    expect(shape?.kind).toBe(kind);
    expect(value).toMatch(fullMatch(shape?.pattern ?? '^$'));
    expect(inspectPattern({ pattern: shape?.pattern ?? '' }).ok).toBe(true);
  });

  test.each([[['checkout']], [['Checkout_1', 'a.b-c']], [['a@b.c', 'x=y,z+1']], [['--']]])(
    'of words %j have a pattern that a bundle takes',
    (values) => {
      const { kind, pattern } = commonShape(values);
      expect(kind).toBe('name');
      expect(inspectPattern({ pattern }).ok).toBe(true);
      for (const value of values.filter((one) => /^\w/.test(one))) {
        expect(value).toMatch(fullMatch(pattern));
      }
    },
  );

  test('words are no ids', () => {
    expect(['orders', 'cafe', 'production', 'v1', '42'].map(shapeOf)).toEqual(
      Array.from({ length: 5 }, () => null),
    );
  });
});
