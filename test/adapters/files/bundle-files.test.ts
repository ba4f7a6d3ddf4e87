import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readBundleFiles } from '../../../adapters/files/bundle-files.ts';
import { compileBundle } from '../../../core/policy/compile-bundle.ts';
import { compiled, files, language } from '../../support/bundles.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'valetkey-bundle-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(all: Iterable<readonly [string, string]>): void {
  for (const [path, text] of all) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

describe('the files of a bundle', () => {
  test('are read with their text, by the path inside the folder', () => {
    const all = [...files(), ['cases/a.yaml', '[]\n'] as const];
    write(all);
    expect(readBundleFiles(folder)).toEqual(new Map(all));
    expect(compiled(readBundleFiles(folder)).hash).toBe(compiled().hash);
  });

  test.each([
    'policies/team/no.cedar',
    'policies/no.Cedar',
    'policies/no.cedar.txt',
    'entitlements/x/e.yaml',
  ])('are refused when %s would be passed over in silence', (path) => {
    write([...files(), [path, '@id("no") forbid (principal, action, resource);']]);
    expect(() => readBundleFiles(folder)).toThrow(`${path} would be ignored`);
  });

  test('come in the same order on every machine', () => {
    write([...files({ 'policies/b.cedar': '', 'policies/a.cedar': '' })].reverse());
    expect([...readBundleFiles(folder).keys()]).toEqual([
      ...['issuers.yaml', 'entitlements/read.yaml'],
      ...['policies/a.cedar', 'policies/b.cedar', 'policies/read.cedar'],
    ]);
  });

  test('leave out what is no part of a bundle', () => {
    write([...files(), ['README.md', '#'], ['cedarschema', 'x'], ['entitlement/x.yaml', 'id: x']]);
    mkdirSync(join(folder, 'policies', 'folder.cedar'));
    expect([...readBundleFiles(folder).keys()]).toEqual([...files().keys()]);
  });

  test('keep umlauts, line ends and a missing last line break as they are', () => {
    const text = '// Prüfung\r\n// ende';
    write([['policies/a.cedar', text]]);
    expect(readBundleFiles(folder).get('policies/a.cedar')).toBe(text);
  });
});

describe('a part that is missing', () => {
  test('is not there, so that the compiler says so, and never an empty one', () => {
    const mistakes = () => {
      const bundle = compileBundle(readBundleFiles(folder), language);
      return bundle.ok ? [] : bundle.error.map(({ file }) => file);
    };
    expect(mistakes()).toEqual(['issuers.yaml']);
    write([...files({ 'entitlements/read.yaml': null, 'policies/read.cedar': null })]);
    expect(mistakes()).toEqual(['entitlements', 'policies']);
  });

  test('may be the folder itself, which is an error', () => {
    expect(() => readBundleFiles(join(folder, 'nowhere'))).toThrow(/no policy bundle at .*nowhere/);
    write([['file', 'x']]);
    expect(() => readBundleFiles(join(folder, 'file'))).toThrow(/-c policy=DIR/);
  });
});
