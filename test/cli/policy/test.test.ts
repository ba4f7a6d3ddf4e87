import { readFileSync } from 'node:fs';
import { afterAll, expect, test } from '@jest/globals';
import { files } from '../../support/bundles.ts';
import { bundleFolder, cleanUp, valetkey, written } from '../command.ts';

afterAll(cleanUp);

const caseYaml = (name: string, group: string, outcome: string, more = '') => `- name: ${name}
  principal: { issuer: people, subject: ana, groups: [${group}] }
  request: { entitlement: read, parameters: { prefix: ${more || 'a'} }, durationSeconds: 60, justification: x }
  context: { mfa: false, sourceIp: 10.0.0.1, now: '2026-11-23T10:00:00Z' }
  expect: { outcome: ${outcome} }
`;
const withCases = (...cases: readonly string[]) =>
  bundleFolder(files({ 'cases/read.yaml': cases.join('\n') }));

test('the example bundle passes, and its cases cover all policies', async () => {
  const { code, out } = await valetkey('policy', 'test', '--min-coverage', '100');
  expect(code).toBe(0);
  expect(out).toMatch(/✓ .+ {2}deny by production-needs-mfa/);
  expect(out).toMatch(/(\d+) cases: \1 passed\nCoverage: 100 %/);
});

test('a failing case shows the expected and the actual outcome', async () => {
  const folder = withCases(
    caseYaml('good', 'readers', 'allow'),
    caseYaml('bad <&>', 'readers', 'deny'),
  );
  const report = written('report.xml', '');
  const { code, out } = await valetkey('policy', 'test', '--policy', folder, '--junit', report);
  expect(code).toBe(1);
  expect(out).toMatch(/✓ good .*\n {2}✗ bad <&>\n +expected deny\n +got +allow by read-is-fine\n/);
  const xml = readFileSync(report, 'utf8');
  expect(xml).toMatch(/<testsuite name="cases\/read\.yaml" tests="2" failures="1" errors="0"/);
  expect(xml).toContain('name="bad &lt;&amp;&gt;"');
});

test('the name of a case cannot draw lines of its own', async () => {
  const folder = withCases(caseYaml('"one\\n  ✓ two\\e[31m"', 'readers', 'allow'));
  const { out } = await valetkey('policy', 'test', '--policy', folder);
  expect(out).toContain('  ✓ one   ✓ two [31m  allow by read-is-fine\n');
});

test('a case with an invalid request is an error, not a denial', async () => {
  const folder = withCases(caseYaml('shouts', 'readers', 'deny', "'LOUD!'"));
  const { code, out } = await valetkey('policy', 'test', '--policy', folder, '--json');
  expect(code).toBe(1);
  expect(JSON.parse(out)).toMatchObject({
    ok: false,
    failed: 1,
    cases: [{ status: 'invalid', mistakes: [{ path: ['request', 'parameters', 'prefix'] }] }],
  });
});

test('uncovered policies are named, and fail below --min-coverage', async () => {
  const folder = withCases(caseYaml('stranger', '', 'deny'));
  const [lenient, strict] = await Promise.all([
    valetkey('policy', 'test', '--policy', folder),
    valetkey('policy', 'test', '--policy', folder, '--min-coverage', '1'),
  ]);
  expect([lenient.code, strict.code]).toEqual([0, 1]);
  expect(lenient.out).toMatch(/Coverage: 0 % of 1 policy\n {2}no case covers read-is-fine/);
});
