import { afterAll, expect, test } from '@jest/globals';
import { cleanUp, valetkey, written } from '../command.ts';

afterAll(cleanUp);

const NOW = ['--now', '2026-11-23T10:00:00Z'];
const ANA = ['--principal', 'people:ana', '--group', 'platform'];
const READ = ['--entitlement', 'artifacts-read', '-p', 'prefix=releases/1', '--reason', 'test'];

test('a decision comes with what decided it and the session policy', async () => {
  const { code, out } = await valetkey(
    'policy',
    'explain',
    ...ANA,
    ...READ,
    '--for',
    '30m',
    ...NOW,
  );
  expect(code).toBe(0);
  expect(out).toMatch(
    /^allow: people:ana \(in people:platform\) asks for artifacts-read for 30m\n/,
  );
  expect(out).toMatch(
    /decides: artifacts-are-routine \(permit, policy\/policies\/artifacts\.cedar:2\)/,
  );
  expect(out).toContain('"arn:aws:s3:::acme-artifacts/releases/1/*"');
  expect(out).toContain('"aws:CurrentTime": "2026-11-23T10:30:00Z"');
});

test('a denial says which clause was false, with the value that made it so', async () => {
  const { out } = await valetkey('policy', 'explain', ...ANA, ...READ, '--for', '2h', ...NOW);
  expect(out).toMatch(/^deny: /);
  expect(out).toMatch(
    /does not apply: artifacts-are-routine .*\n +when context\.durationSeconds <= 3600: false \(durationSeconds is 7200\)/,
  );
  expect(out).toContain('its head requires principal is ValetKey::Workload');
  expect(out).toMatch(
    / {2}· about other entitlements: .*\bon-call-operates, shop-deploys-from-main/,
  );
  expect(out).toMatch(/What would help\n {2}Ask for at most 3600 seconds/);
  expect(out).not.toContain('Session policy');
});

test('a forbid overrules the permits that apply', async () => {
  const { out } = await valetkey(
    ...['policy', 'explain', '--json', '--principal', 'people:dev', '--group', 'developers'],
    ...['--entitlement', 'database-admin', '-p', 'table=orders', '--reason', 'test', ...NOW],
  );
  const answer = JSON.parse(out);
  expect(answer).toMatchObject({ decision: { outcome: 'deny' }, sessionPolicy: null });
  const [request] = answer.actions;
  expect(request.policies.slice(0, 2)).toEqual([
    { id: 'production-needs-mfa', effect: 'forbid', status: 'decides', why: [] },
    { id: 'developers-ask-for-tables', effect: 'permit', status: 'overruled', why: [] },
  ]);
});

test('a job is described by its claims', async () => {
  const { out } = await valetkey(
    ...['policy', 'explain', '--principal', 'github:1001/2002', '--entitlement', 'service-deploy'],
    ...['--claim', 'ref=refs/heads/main', '--claim', 'ref_protected=false', '-p', 'service=shop'],
  );
  expect(out).toMatch(
    /when principal\.getTag\("ref_protected"\) == "true": false \(ref_protected is "false"\)/,
  );
});

test('the request may stand in a file, as a case does', async () => {
  const file = written(
    'case.yaml',
    `name: ana reads
principal: { issuer: people, subject: ana, groups: [platform] }
request: { entitlement: artifacts-read, parameters: { prefix: a }, durationSeconds: 60, justification: x }
context: { mfa: false, sourceIp: 10.0.0.1, now: '2026-11-23T10:00:00Z' }
`,
  );
  const several = 'policy/cases/artifacts.yaml';
  const [single, unnamed, named] = await Promise.all([
    valetkey('policy', 'explain', '--file', file),
    valetkey('policy', 'explain', '--file', several),
    valetkey(
      'policy',
      'explain',
      '--file',
      several,
      '--case',
      'more than an hour at a time is no routine',
    ),
  ]);
  expect(single).toMatchObject({ code: 0, out: expect.stringMatching(/^allow: /) });
  expect(unnamed).toMatchObject({ code: 2, err: expect.stringContaining('--case NAME') });
  expect(named).toMatchObject({ code: 0, out: expect.stringMatching(/^deny: /) });
});

test.each([
  ['no principal', READ, /--principal/],
  [
    'an unknown entitlement',
    [...ANA, '--entitlement', 'nothing', '--reason', 'x'],
    /is not an entitlement of the bundle, which has: artifacts-read/,
  ],
  [
    'a bad parameter',
    [...ANA, '--entitlement', 'artifacts-read', '-p', 'prefix=*', '--reason', 'x'],
    /prefix: may not contain/,
  ],
  [
    'an unknown issuer',
    ['--principal', 'martians:bob', ...READ],
    /'martians' is not an issuer of the bundle/,
  ],
  [
    'a bad duration',
    [...ANA, ...READ, '--for', '5 minutes'],
    /--for: write a whole number and a unit/,
  ],
])('%s is wrong usage', async (_, args, says) => {
  const { code, err } = await valetkey('policy', 'explain', ...args);
  expect(code).toBe(2);
  expect(err).toMatch(says);
});
