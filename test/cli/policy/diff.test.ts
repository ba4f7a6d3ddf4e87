import { afterAll, expect, test } from '@jest/globals';
import { files, PERMIT_READ, READ } from '../../support/bundles.ts';
import { bundleFolder, cleanUp, valetkey } from '../command.ts';

afterAll(cleanUp);

const CASES = `- name: a reader reads for an hour
  principal: { issuer: people, subject: ana, groups: [readers] }
  request: { entitlement: read, parameters: { prefix: a }, durationSeconds: 3600, justification: x }
  context: { mfa: false, sourceIp: 10.0.0.1, now: '2026-11-23T10:00:00Z' }
  expect: { outcome: allow }
`;
const BEFORE = files({ 'cases/read.yaml': CASES });
const AFTER = files({
  'cases/read.yaml': CASES,
  'entitlements/read.yaml': READ.replace('8h', '4h').replace("['s3:GetObject']", "['s3:Get*']"),
  'policies/read.cedar': PERMIT_READ.replace(');', ') when { context.durationSeconds < 3600 };'),
});

test('a change is described, with the cases whose outcome changes', async () => {
  const [before, after] = [bundleFolder(BEFORE), bundleFolder(AFTER)];
  const [{ code, out }, strict] = await Promise.all([
    valetkey('policy', 'diff', before, after),
    valetkey('policy', 'diff', before, after, '--fail-on-change', '--json'),
  ]);
  expect([code, strict.code]).toEqual([0, 1]);
  expect(out).toContain('~ entitlement read changed\n    maxDuration: 8h → 4h (shorter)');
  expect(out).not.toContain('no longer allows');
  expect(out).toContain(
    'now also allows s3:Get* on arn:aws:s3:::acme/{{prefix}}/* (before: only s3:GetObject)',
  );
  expect(out).toContain('~ policy read-is-fine changed');
  expect(out).toMatch(/allow → deny: a reader reads for an hour \(cases\/read\.yaml:1\)/);
  expect(JSON.parse(strict.out)).toMatchObject({
    ok: false,
    cases: [{ from: { outcome: 'allow' }, to: { outcome: 'deny', policies: [] } }],
  });
});

test('control characters of a bundle do not reach the terminal', async () => {
  const after = files({
    'entitlements/read.yaml': READ.replace('title: Read', 'title: "R\\e[2J\\u202e"'),
  });
  const { out } = await valetkey('policy', 'diff', bundleFolder(files()), bundleFolder(after));
  expect(out).toContain('    title: Read → R [2J \n');
});

test('a folder that does not exist is invalid usage', async () => {
  const { code, err } = await valetkey('policy', 'diff', 'policy', '/nowhere');
  expect({ code, err }).toEqual({
    code: 2,
    err: 'valetkey: The folder /nowhere does not exist.\nName a folder that has a policy bundle.\n',
  });
});

test('equal bundles have no differences', async () => {
  const { code, out } = await valetkey('policy', 'diff', 'policy', 'policy', '--fail-on-change');
  expect(code).toBe(0);
  expect(out).toMatch(
    /^No changes that affect decisions\.\n\n\d+ cases run against both; 0 outcomes changed\n$/,
  );
});

test('an invalid bundle cannot be compared', async () => {
  const broken = bundleFolder(files({ 'issuers.yaml': null }));
  const { code, out } = await valetkey('policy', 'diff', 'policy', broken);
  expect(code).toBe(1);
  expect(out).toMatch(/issuers\.yaml:1: is missing/);
});
