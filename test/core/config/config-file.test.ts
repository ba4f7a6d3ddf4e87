import { describe, expect, test } from '@jest/globals';
import { readYaml } from '../../../core/bundle/yaml-file.ts';
import { configFile, DEFAULT_CONFIG } from '../../../core/config/config-file.ts';
import { OCSF_VERSIONS } from '../../../core/ocsf/classes.ts';

const TARGET = `account: '222222222222'
targets:
  - account: '111111111111'
    roles:
      - name: reports
`;

/** The mistakes of a file, as `line: message`. */
function mistakes(text: string): readonly string[] {
  const read = readYaml('valetkey.yaml', text, configFile);
  return read.ok ? [] : read.error.map(({ line, message }) => `${line}: ${message}`);
}

const role = (line: string) => mistakes(`${TARGET}        ${line}\n`);

test('every field has a default', () => {
  expect(DEFAULT_CONFIG).toEqual({
    stackName: 'ValetKey',
    policy: 'policy',
    keepData: true,
    backups: {},
    logRetentionDays: 365,
    requestsPerSecond: 500,
    reservedConcurrency: {},
    mails: { approvers: [], security: [] },
    ledger: { entries: 'events', retentionDays: 400, witnesses: [] },
    tracing: { active: false },
    state: { roles: [] },
    standby: false,
    targets: [],
  });
});

const LAYER = 'arn:aws-cn:lambda:cn-north-1:615299751070:layer:AWSOpenTelemetryDistroJs:3';

test('a layer is for all Lambdas but vend, unless others are named', () => {
  const lambdasOf = (layer: object) => configFile.parse({ tracing: { layer } }).tracing.layer;
  const others = lambdasOf({ arn: LAYER })?.lambdas;
  expect(others).toHaveLength(20);
  expect(others).not.toContain('vend');
  expect(lambdasOf({ arn: LAYER, lambdas: ['vend'] })?.lambdas).toEqual(['vend']);
});

const VAULT = 'arn:aws-us-gov:backup:us-gov-west-1:111111111111:backup-vault:valetkey';

test('a plan of backups is daily, kept for 35 days, without copies, lock and restore tests', () => {
  expect(configFile.parse({ backups: { plan: {} } }).backups.plan).toEqual({
    ...{ every: 'day', keepDays: 35, copies: [], restoreTests: false },
  });
  const lock = '{ mode: compliance, minDays: 7, maxDays: 400, changeableForDays: 3 }';
  const copies = `[{ vaultArn: '${VAULT}', keepDays: 400 }]`;
  expect(mistakes(`backups: { plan: { lock: ${lock}, copies: ${copies} } }`)).toEqual([]);
});

const KEY = 'arn:aws:kms:eu-central-1:222222222222:key/mrk-1a2b';
const STREAM =
  'arn:aws:dynamodb:eu-central-1:222222222222:table/old/stream/2026-11-01T00:00:00.000';

const SLACK = '{ botToken: /valetkey/slack/bot-token, routes: [{ channel: C0123456789 }] }';
const ROUTE = '{ botToken: /t, routes: [';

test('the chat has Slack of everybody, all entitlements, and no messages to requesters', () => {
  const slack = { botToken: '/t', routes: [{ channel: 'C0123456789' }] };
  expect(configFile.parse({ chat: { slack } }).chat).toEqual({
    slack: {
      ...{ botToken: '/t', apiUrl: 'https://slack.com/api', requesters: false },
      routes: [{ channel: 'C0123456789', entitlements: ['*'], deny: false }],
    },
  });
  expect(mistakes('chat: { slack: { botToken: /t, requesters: true } }')).toEqual([]);
  const gov = SLACK.replace('routes', "apiUrl: 'https://slack-gov.com/api', routes");
  expect(mistakes(`chat: { slack: ${gov} }`)).toEqual([]);
});

describe('valetkey.yaml', () => {
  test.each([
    ['backups: { plan: { every: month } }', 'backups.plan.every: write one of: hour, day, week'],
    ['backups: { plan: { keepDays: 6 } }', 'backups.plan.keepDays: must be at least 7'],
    [
      "backups: { plan: { copies: [{ vaultArn: 'arn:aws:s3:::b' }] } }",
      'backups.plan.copies.0.vaultArn: is not the ARN of a backup vault; write it as arn:<partition>:backup:<Region>:<account>:backup-vault:<name>',
    ],
    [
      `backups: { plan: { copies: [{ vaultArn: '${VAULT}' }, { vaultArn: '${VAULT}', keepDays: 9 }] } }`,
      'backups.plan.copies.1.vaultArn: is listed twice',
    ],
    [
      'backups: { plan: { lock: { mode: compliance, minDays: 7, maxDays: 40 } } }',
      'backups.plan.lock.changeableForDays: is missing; with compliance, say for how many days the lock can still be taken off: 3 or more',
    ],
    [
      'backups: { plan: { lock: { mode: compliance, minDays: 7, maxDays: 40, changeableForDays: 2 } } }',
      'backups.plan.lock.changeableForDays: must be at least 3',
    ],
    [
      'backups: { plan: { lock: { mode: governance, minDays: 7, maxDays: 40, changeableForDays: 9 } } }',
      'backups.plan.lock.changeableForDays: is for compliance; with governance, leave it out',
    ],
    [
      'backups: { plan: { lock: { mode: governance, minDays: 7, maxDays: 6 } } }',
      'backups.plan.lock.maxDays: must not be less than minDays',
    ],
    [
      'backups: { plan: { lock: { mode: governance, minDays: 7, maxDays: 30 } } }',
      'backups.plan.keepDays: is 35, and the lock allows 7 to 30: the vault would refuse every backup',
    ],
    [
      `{ state: { vault: { name: v1, keyArn: '${KEY}' } }, backups: { plan: { lock: { mode: governance, minDays: 7, maxDays: 40 } } } }`,
      'backups.plan.lock: is for a vault that is to be made, and state.vault names one that exists',
    ],
    ['chat: {}', 'chat: names neither slack nor teams'],
    [
      'chat: { slack: { botToken: /t } }',
      'chat.slack.routes: is empty; name a channel, or set requesters',
    ],
    [
      `chat: { slack: ${SLACK.replace('/valetkey/slack/bot-token', 'xoxb-1')} }`,
      'chat.slack.botToken: is not the name of an SSM parameter; write it with a slash in front, such as /valetkey/slack/bot-token',
    ],
    [
      `chat: { slack: ${ROUTE}{ channel: '#ops' }] } }`,
      'chat.slack.routes.0.channel: is not the id of a channel; write one such as C0123456789',
    ],
    [
      `chat: { slack: ${ROUTE}{ channel: C0123456789, escalateTo: '@ops' }] } }`,
      'chat.slack.routes.0.escalateTo: is not the id of a user group; write one such as S0123456789',
    ],
    [
      `chat: { slack: ${ROUTE}{ channel: C0123456789, entitlements: ['p.*'] }] } }`,
      'chat.slack.routes.0.entitlements.0: is not the id of an entitlement; write one, with * for any characters',
    ],
    [
      `chat: { slack: ${ROUTE}{ channel: C0123456789, approvers: [platform] }] } }`,
      'chat.slack.routes.0.approvers.0: is not a group; write it as <issuer id>:<group>, as entitlements do',
    ],
    [
      `chat: { slack: ${ROUTE}{ channel: C0123456789 }, { channel: C0123456789 }] } }`,
      'chat.slack.routes.1: is listed twice; put all its entitlements into one route',
    ],
    [
      `chat: { slack: ${SLACK.replace('routes', "apiUrl: 'http://slack.com/api', routes")} }`,
      'chat.slack.apiUrl: is not an https URL; write it without a slash at the end',
    ],
    [
      `chat: { slack: ${ROUTE}{ channel: C0123456789, deny: true }] } }`,
      'chat.slack.routes.0.deny: needs slack.interactivity',
    ],
    ['chat: { teams: { routes: [] } }', 'chat.teams.routes: is empty; name a webhook'],
    [
      "chat: { teams: { routes: [{ webhook: 'https://x.logic.azure.com' }] } }",
      expect.stringMatching(/^1: chat.teams.routes.0.webhook: is not the name of an SSM/),
    ],
    [
      'state: { roles: [vend, kill] }',
      expect.stringMatching(/^1: state.table: is missing; a deployment whose role of the ledger/),
    ],
    [
      `state: { table: { name: new, streamArn: '${STREAM}', keyArn: '${KEY}' } }`,
      'state.table.streamArn: is the stream of another table',
    ],
    [
      `state: { ledger: { bucket: acme-ledger, keyArn: '${KEY.replace('key/', 'alias/')}' } }`,
      'state.ledger.keyArn: is not the ARN of a KMS key; write the ARN of the key itself, not of an alias',
    ],
    ['account: 111111111111', 'account: is not an account id; write 12 digits in quotes'],
    ["account: '1111'", 'account: is not an account id; write 12 digits in quotes'],
    ['region: Frankfurt', 'region: is not a Region; write one such as eu-central-1'],
    [
      'stackName: 1st',
      'stackName: is not a valid stack name; use at most 40 letters, digits and hyphens, starting with a letter',
    ],
    ['logRetentionDays: 4', expect.stringMatching(/logRetentionDays: write one of: 1, 3, 5, 7,/)],
    ['reservedConcurrency: { revoke: 0 }', 'reservedConcurrency.revoke: must be at least 1'],
    ['reservedConcurrency: { revok: 1 }', expect.stringMatching(/^1: reservedConcurrency.revok: /)],
    ['requestsPerSecond: 0', 'requestsPerSecond: must be at least 1'],
    [
      'tracing: { layer: { arn: "arn:aws:lambda:eu-west-1:615299751070:layer:Otel" } }',
      'tracing.layer.arn: is not the ARN of a version of a Lambda layer; write it as AWS lists it: arn:<partition>:lambda:<Region>:<account>:layer:<name>:<version>',
    ],
    [
      `tracing: { layer: { arn: "${LAYER}", lambdas: [] } }`,
      'tracing.layer.lambdas: is empty; name a Lambda, or leave it out for all but vend',
    ],
    [
      'ledger: { witnesses: [{ url: "http://w.example", vkey: x }] }',
      'ledger.witnesses.0.url: is not an https URL',
    ],
    [
      'ledger: { witnesses: [{ url: "https://w.example", vkey: x }] }',
      'ledger.witnesses.0.vkey: is not the key of a witness; write its line as the witness shows it: <name>+<id>+<key>',
    ],
    ['mails: { approvers: [me] }', 'mails.approvers.0: is not an e-mail address'],
    [
      'domain: { name: x, certificateArn: y }',
      'domain.name: is not a host name; write one such as valetkey.acme.example',
    ],
    [
      'domain: { name: x.y, certificateArn: z }',
      'domain.certificateArn: is not the ARN of an ACM certificate',
    ],
    ['domain: { name: x.y }', 'domain.certificateArn: is missing; it must be text'],
  ])('with %s is refused', (text, message) => {
    const expected = typeof message === 'string' ? `1: ${message}` : message;
    expect(mistakes(`${text}\n`)).toContainEqual(expected);
  });

  test('needs the broker’s account if it has targets', () => {
    expect(mistakes(TARGET.replace(/account: '2+'\n/, ''))).toEqual([
      expect.stringMatching(
        /^1: account: is missing; with targets, name the account of the broker/,
      ),
    ]);
  });

  test.each(['eu-central-1', 'eusc-de-east-1', 'us-isob-east-1'])('may be in %s', (region) => {
    expect(mistakes(`region: ${region}\n`)).toEqual([]);
  });

  test('names each target account once', () => {
    const other = "  - account: '333333333333'\n    roles: [{ name: other }]\n";
    expect(mistakes(TARGET + other)).toEqual([]);
    const again = "  - account: '111111111111'\n    roles: [{ name: other }]\n";
    expect(mistakes(TARGET + again)).toEqual([
      '6: targets.1.account: is listed twice; put all its roles into one entry',
    ]);
  });
});

describe('a target role', () => {
  test.each(['aws', 'aws-cn', 'aws-us-gov', 'aws-eusc', 'aws-iso-f'])(
    'may have ARNs of the partition %s',
    (partition) => {
      const policy = `arn:${partition}:iam::aws:policy/job-function/ViewOnlyAccess`;
      const from = `arn:${partition}:iam::111111111111:role/x/reports`;
      expect(role(`policies: ['${policy}']`)).toEqual([]);
      expect(role(`chainedFrom: ['${from}']`)).toEqual([]);
      expect(role(`permissionsBoundary: ${policy}`)).toEqual([]);
    },
  );

  test.each([
    ['policies: [ReadOnlyAccess]', 'policies.0: is not the ARN of a managed policy'],
    ["policies: ['arn:gcp:iam::aws:policy/x']", 'policies.0: is not the ARN of a managed policy'],
    ['permissionsBoundary: none', 'permissionsBoundary: is not the ARN of a managed policy'],
    ["chainedFrom: ['arn:aws:iam::1:role/x']", 'chainedFrom.0: is not the ARN of an IAM role'],
    ['path: valetkey', 'path: is not a valid path; start and end it with a slash'],
    ['statements: [7]', 'statements.0: must be a mapping'],
    ['vended: 1', 'vended: must be true or false'],
  ])('with %s is refused', (line, message) => {
    expect(role(line)).toEqual([`6: targets.0.roles.0.${message}`]);
  });

  test('needs a name that IAM accepts', () => {
    expect(mistakes(TARGET.replace('reports', "'a b'"))).toEqual([
      '5: targets.0.roles.0.name: is not a valid role name; use at most 64 letters, digits and _+=,.@-',
    ]);
  });
});

test.each(OCSF_VERSIONS)(
  'events can be delivered in OCSF %s, and the newest is the default',
  (ocsf) => {
    expect(configFile.parse({ delivery: { ocsf } }).delivery).toEqual({ ocsf });
    expect(configFile.parse({ delivery: {} }).delivery).toEqual({ ocsf: OCSF_VERSIONS[0] });
    expect(configFile.parse({}).delivery).toBeUndefined();
  },
);

test.each(['arn:aws:s3:::acme-siem', 'Acme', 'a', ''])('%p is the name of no bucket', (bucket) => {
  expect(configFile.safeParse({ delivery: { bucket } }).success).toBe(false);
});
