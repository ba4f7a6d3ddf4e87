import { afterAll, expect, test } from '@jest/globals';
import { cleanUp, valetkey, written } from '../command.ts';

afterAll(cleanUp);

const explain = (...args: readonly string[]) => valetkey('policy', 'explain', ...args);
const NOW = ['--now', '2026-11-23T10:00:00Z'];
const LONG_CASE = 'more than an hour at a time is denied';
const ANA = ['--principal', 'people:ana', '--group', 'platform'];
const READ = ['--entitlement', 'artifacts-read', '-p', 'prefix=releases/1', '--reason', 'test'];

test('a decision is shown with its policies and the session policy', async () => {
  const { code, out } = await explain(...ANA, ...READ, '--for', '30m', ...NOW);
  expect(code).toBe(0);
  expect(out).toMatch(
    /^allow: people:ana \(in people:platform\) requests artifacts-read for 30m\n/,
  );
  expect(out).toMatch(
    /decides: artifacts-are-routine \(permit, policy\/policies\/artifacts\.cedar:2\)/,
  );
  expect(out).toContain('"arn:aws:s3:::acme-artifacts/releases/1/*"');
  expect(out).toContain('"aws:CurrentTime": "2026-11-23T10:30:00Z"');
});

test('a denial names the clause that was false, and the value behind it', async () => {
  const { out } = await explain(...ANA, ...READ, '--for', '2h', ...NOW);
  expect(out).toMatch(/^deny: /);
  expect(out).toMatch(
    /does not apply: artifacts-are-routine .*\n +when context\.durationSeconds <= 3600: false \(durationSeconds is 7200\)/,
  );
  expect(out).toContain('its head requires principal is ValetKey::Workload');
  expect(out).toMatch(
    / {2}· about other entitlements: .*\bon-call-operates, shop-deploys-from-main/,
  );
  expect(out).toMatch(/Advice\n {2}Ask for at most 1 hour/);
  expect(out).not.toContain('Session policy');
});

test('a forbid overrules the permits that apply', async () => {
  const developer = ['--principal', 'people:dev', '--group', 'developers'];
  const table = ['--entitlement', 'database-admin', '-p', 'table=orders', '--reason', 'test'];
  const { out } = await explain('--json', ...developer, ...table, ...NOW);
  const answer = JSON.parse(out);
  expect(answer).toMatchObject({ decision: { outcome: 'deny' }, sessionPolicy: null });
  const [request] = answer.actions;
  expect(request.policies.slice(0, 2)).toEqual([
    { id: 'production-needs-mfa', effect: 'forbid', status: 'decides', why: [] },
    { id: 'developers-ask-for-tables', effect: 'permit', status: 'overruled', why: [] },
  ]);
});

test('claims describe a job', async () => {
  const job = ['--principal', 'github:1001/2002', '--claim', 'ref=refs/heads/main'];
  const request = ['--entitlement', 'service-deploy', '-p', 'service=shop'];
  const { out } = await explain(...job, '--claim', 'ref_protected=false', ...request);
  expect(out).toMatch(
    /when principal\.getTag\("ref_protected"\) == "true": false \(ref_protected is "false"\)/,
  );
});

test('the request can be a case in a file', async () => {
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
    explain('--file', file),
    explain('--file', several),
    explain('--file', several, '--case', LONG_CASE),
  ]);
  expect(single).toMatchObject({ code: 0, out: expect.stringMatching(/^allow: /) });
  expect(unnamed).toMatchObject({ code: 2, err: expect.stringContaining('--case NAME') });
  expect(named).toMatchObject({ code: 0, out: expect.stringMatching(/^deny: /) });
});

test.each([
  ['a missing principal', READ, /--principal/],
  [
    'an unknown entitlement',
    [...ANA, '--entitlement', 'nothing', '--reason', 'x'],
    /--entitlement: .*artifacts-read/,
  ],
  [
    'an invalid parameter',
    [...ANA, '--entitlement', 'artifacts-read', '-p', 'prefix=*', '--reason', 'x'],
    /-p prefix: /,
  ],
  ['an unknown issuer', ['--principal', 'martians:bob', ...READ], /--principal: .*'martians'/],
  ['an invalid duration', [...ANA, ...READ, '--for', '5 minutes'], /--for: /],
  [
    'a parameter that is there twice',
    [...ANA, ...READ, '-p', 'prefix=releases/2'],
    /--parameter: prefix is there twice/,
  ],
  [
    'a claim that is there twice',
    [...ANA, ...READ, '--claim', 'ref=a', '--claim', 'ref=b'],
    /--claim: ref is there twice/,
  ],
  ['a case without a file', [...ANA, ...READ, '--case', LONG_CASE], /--case needs --file FILE/],
  [
    'an option beside a file that says the same',
    ['--file', 'policy/cases/artifacts.yaml', '--case', LONG_CASE, '--for', '1h'],
    /'--file <file>' cannot be used with option '--for <duration>'/,
  ],
  ['an invalid address', [...ANA, ...READ, '--source-ip', 'here'], /--source-ip: /],
])('%s is invalid usage, and named by its option', async (_, args, message) => {
  const { code, err } = await explain(...args);
  expect(code).toBe(2);
  expect(err).toMatch(message);
});

test('signals are named with their values, and one that does not exist is refused', async () => {
  const asking = [...ANA, ...READ, '--for', '30m', ...NOW];
  expect((await explain(...asking, '--signal', 'newNetwork')).code).toBe(0);
  expect((await explain(...asking, '--signal', 'deniedInARow=3')).code).toBe(0);
  const unknown = await explain(...asking, '--signal', 'deniedOnce');
  expect(unknown.code).toBe(2);
  expect(unknown.err).toMatch(/--signal: there is no deniedOnce\.\n.*deniedInARow/);
  const text = await explain(...asking, '--signal', 'deniedInARow=many');
  expect(text.code).toBe(2);
  expect(text.err).toContain('--signal deniedInARow: must be a number');
});
