import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { readBundleFiles } from '../../adapters/files/bundle-files.ts';
import { formatBundleErrors } from '../../core/bundle/bundle.ts';
import { compileBundle } from '../../core/policy/compile-bundle.ts';
import { cleanUp, valetkey } from '../cli/command.ts';
import { language } from '../support/bundles.ts';
import {
  type Block,
  blocksOf,
  looksLike,
  PAGES,
  type Step,
  stepsOf,
  wordsOf,
} from '../support/documentation.ts';

/**
 * Runs the commands that pages show with their output and that need nothing but files, and compares. What
 * needs a broker is run on the local stack (`test/e2e`).
 */

const folder = mkdtempSync(join(tmpdir(), 'valetkey-docs-'));
afterAll(cleanUp);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const CASE = `- name: finance reads the reports of a month
  principal: { issuer: people, subject: ana, groups: [finance] }
  request:
    entitlement: reports-read
    parameters: { month: 2026-11 }
    durationSeconds: 3600
    justification: x
  context: { mfa: true, sourceIp: 10.0.0.1, now: '2026-11-23T10:00:00Z' }
  expect: { outcome: allow, policies: [finance-reads-reports] }
`;

/** The bundle of docs/policy.md's way from a pasted policy to an entitlement, before or after its changes. */
function ourPolicy(changed: boolean): string {
  const blocks = blocksOf('docs/policy.md');
  const [pasted = '', written = ''] = blocks
    .filter(({ language: of, text }) => of === 'yaml' && text.includes('"Version"'))
    .map(({ text }) => text);
  const entitlement = pasted.replace(/^#.*\n/, '');
  const [head = ''] = entitlement.split('statements:');
  const path = join(folder, changed ? 'changed' : 'pasted');
  const files = {
    'issuers.yaml': readFileSync('policy/issuers.yaml', 'utf8'),
    'policies/reports.cedar': blocks.find((block) => block.language === 'cedar')?.text ?? '',
    'entitlements/reports-read.yaml': changed ? head + written : entitlement,
    ...(changed && { 'cases/reports.yaml': CASE }),
  };
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(path, file)), { recursive: true });
    writeFileSync(join(path, file), text);
  }
  return path;
}

const CALL = /^(?:npm run -s valetkey --|valetkey) ((?:policy |--help|--version).*)$/;

const runnable = PAGES.flatMap(blocksOf).flatMap((block) =>
  stepsOf(block).flatMap((step) => (CALL.test(step.command) ? [{ ...block, ...step }] : [])),
);

test('the pages show the output of commands', () => {
  expect(runnable.length).toBeGreaterThanOrEqual(3);
});

test.each(runnable)(
  '$page:$line shows what is printed by: $command',
  async ({ command, output }: Block & Step) => {
    const [, args = ''] = CALL.exec(command) ?? [];
    const ours = ourPolicy(/--strict|explain/.test(args));
    const { out, err } = await valetkey(...wordsOf(args.replace('our-policy', ours)));
    const printed = (out + err).replaceAll(ours, 'our-policy');
    if (!looksLike(printed, output)) expect(printed).toBe(output);
  },
);

test('the README shows the mistakes of a bundle as they are reported', () => {
  const block = blocksOf('README.md').find(({ text }) => text.startsWith('The policy bundle has '));
  const files = new Map(readBundleFiles('policy'));
  const change = (file: string, from: string | RegExp, to: string) => {
    const text = files.get(file) ?? '';
    expect(text).toMatch(from);
    files.set(file, text.replace(from, to));
  };
  change('entitlements/artifacts-read.yaml', 'risk: low', 'risk: none');
  change('policies/deploy.cedar', /@advice\("Deploy from a push.*\n/, '');
  const compiled = compileBundle(files, language);
  expect(compiled.ok ? '' : formatBundleErrors(compiled.error)).toBe(block?.text.trimEnd());
});

test('an ellipsis stands for the rest of a line, or for lines', () => {
  expect(looksLike('a 1 b\nx\ny\nz\n', 'a … b\n…\nz')).toBe(true);
  expect(looksLike('a\nz', 'a\n…\nz')).toBe(false);
  expect(looksLike('a 1 c', 'a … b')).toBe(false);
  expect(looksLike('a.b', 'axb')).toBe(false);
});
