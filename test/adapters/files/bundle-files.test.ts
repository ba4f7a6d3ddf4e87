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
  test('are read with their text, by their path in the folder', () => {
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
  ])('are refused if %s would be ignored', (path) => {
    write([...files(), [path, '@id("no") forbid (principal, action, resource);']]);
    expect(() => readBundleFiles(folder)).toThrow(`${path} would be ignored`);
  });

  test('have the same order on every machine', () => {
    write([...files({ 'policies/b.cedar': '', 'policies/a.cedar': '' })].reverse());
    expect([...readBundleFiles(folder).keys()]).toEqual([
      'issuers.yaml',
      'entitlements/read.yaml',
      'policies/a.cedar',
      'policies/b.cedar',
      'policies/read.cedar',
    ]);
  });

  test('are only those that are part of a bundle', () => {
    write([...files(), ['README.md', '#'], ['cedarschema', 'x'], ['entitlement/x.yaml', 'id: x']]);
    mkdirSync(join(folder, 'policies', 'folder.cedar'));
    expect([...readBundleFiles(folder).keys()]).toEqual([...files().keys()]);
  });

  test('keep their characters and line ends', () => {
    const text = '// Prüfung\r\n// ende';
    write([['policies/a.cedar', text]]);
    expect(readBundleFiles(folder).get('policies/a.cedar')).toBe(text);
  });
});

describe('a missing part of a bundle', () => {
  test('is an error of the compiler, never an empty part', () => {
    const mistakes = () => {
      const bundle = compileBundle(readBundleFiles(folder), language);
      return bundle.ok ? [] : bundle.error.map(({ file }) => file);
    };
    expect(mistakes()).toEqual(['issuers.yaml']);
    write([...files({ 'entitlements/read.yaml': null, 'policies/read.cedar': null })]);
    expect(mistakes()).toEqual(['entitlements', 'policies']);
  });

  test('is an error if it is the folder itself', () => {
    expect(() => readBundleFiles(join(folder, 'nowhere'))).toThrow(/nowhere is not a folder/);
    write([['file', 'x']]);
    expect(() => readBundleFiles(join(folder, 'file'))).toThrow(/-c policy=DIR/);
  });
});
