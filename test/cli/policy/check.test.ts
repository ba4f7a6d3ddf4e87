import { afterAll, expect, test } from '@jest/globals';
import { files, PERMIT_READ, READ } from '../../support/bundles.ts';
import { bundleFolder, cleanUp, valetkey } from '../command.ts';

afterAll(cleanUp);

const check = (changes: Readonly<Record<string, string | null>>, ...more: readonly string[]) => {
  const folder = bundleFolder(files(changes));
  return valetkey('policy', 'check', '--policy', folder, ...more);
};

test('the example bundle is valid, without warnings', async () => {
  const { code, out } = await valetkey('policy', 'check', '--strict');
  expect({ code, out }).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^policy is valid: /),
  });
});

test('a mistake is shown with its file, its line and the fix', async () => {
  const changes = { 'entitlements/read.yaml': READ.replace('risk: low', 'risk: tiny') };
  const { code, out } = await check(changes);
  expect(code).toBe(1);
  expect(out).toMatch(
    /entitlements\/read\.yaml:3: risk: write one of: low, medium, high, critical\n +3 \| risk: tiny\n/,
  );
  expect(out).toMatch(/is not valid: 1 mistake\n$/);
});

test('mistakes come in the order of their lines, and a line is shown once for all of its mistakes', async () => {
  const more = `@id("more") permit (principal, action, resource)
when { context.mfa && principal.team == "x" };
@id("last") permit (principal, action == ValetKey::Action::"requst", resource);
`;
  const { out } = await check({ 'policies/more.cedar': more });
  const places = Array.from(out.matchAll(/more\.cedar:(\d+):/g), ([, line]) => Number(line));
  expect(places).toEqual([2, 2, 3]);
  expect(out.match(/^ +2 \| /gm)).toHaveLength(1);
});

test('a failing case makes the bundle invalid', async () => {
  const cases = `- name: readers read for a week
  principal: { issuer: people, subject: ana, groups: [] }
  request: { entitlement: read, parameters: { prefix: a }, durationSeconds: 60, justification: x }
  context: { mfa: false, sourceIp: 10.0.0.1, now: '2026-11-23T10:00:00Z' }
  expect: { outcome: allow }
`;
  const { code, out } = await check({ 'cases/read.yaml': cases });
  expect(code).toBe(1);
  expect(out).toMatch(
    /cases\/read\.yaml:5: case 'readers read for a week' fails: expected allow, got deny by no policy/,
  );
});

test('warnings fail only with --strict', async () => {
  const [lenient, strict] = await Promise.all([check({}), check({}, '--strict')]);
  expect([lenient.code, strict.code]).toEqual([0, 1]);
  expect(lenient.out).toMatch(
    /policies\/read\.cedar:1: warning: policy 'read-is-fine' permits read without a limit on the duration/,
  );
});

test('--json prints one document', async () => {
  const broken = { 'policies/read.cedar': PERMIT_READ.replace('@id("read-is-fine")\n', '') };
  const [good, bad] = await Promise.all([check({}, '--json'), check(broken, '--json')]);
  expect(JSON.parse(good.out)).toMatchObject({
    ok: true,
    policies: 1,
    errors: [],
    warnings: [{ rule: 'no-duration-limit', file: 'policies/read.cedar', line: 1 }],
  });
  expect(bad.code).toBe(1);
  expect(JSON.parse(bad.out)).toMatchObject({
    ok: false,
    errors: [{ file: 'policies/read.cedar', line: 1, text: 'permit (' }],
  });
});

test('without a terminal there are no colours', async () => {
  const { out } = await check({});
  expect(out).not.toContain('\u001b');
});

test.each([
  ['an unknown subcommand', ['policy', 'chek']],
  ['an unknown option', ['policy', 'check', '--stirct']],
  ['a missing folder', ['policy', 'check', '--policy', '/nowhere']],
  ['a missing subcommand', ['policy']],
  ['a coverage above 100', ['policy', 'test', '--min-coverage', '101']],
])('%s is invalid usage', async (_, args) => {
  const { code, err, out } = await valetkey(...args);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).not.toMatch(/ {4}at /);
});

test('--help is not an error', async () => {
  const { code, out } = await valetkey('policy', '--help');
  expect(code).toBe(0);
  for (const name of ['check', 'test', 'explain', 'diff', 'replay']) expect(out).toContain(name);
});

test.each([[[]], [['--json']]])(
  'a file that would be ignored is invalid usage %j',
  async (more) => {
    const { code, out, err } = await check({ 'policies/x.json': '{}' }, ...more);
    expect(code).toBe(2);
    expect(`${out}${err}`).toContain('policies/x.json would be ignored');
    expect(`${out}${err}`).not.toContain('Internal error');
  },
);
