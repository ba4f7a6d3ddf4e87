import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
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
    'policies/no.cedar~',
    'policies/forbid.json',
    'policies/notes',
    'policy/no.cedar',
    'policie/no.cedar',
    'no.cedar',
    'entitlements/x/e.yaml',
    'entitlements/e.json',
    'entitlement/e.yaml',
    'cases/team/a.yaml',
    'cases/a.yaml.bak',
    'issuers.yml',
    'issuer.yaml',
    'issuers.yaml/x.yaml',
    'limits.yml',
    'limit.yaml',
    'limits.json',
    'policies/limits.yaml',
  ])('are refused if %s would be ignored', (path) => {
    write([...files(path.startsWith('issuers.yaml') ? { 'issuers.yaml': null } : {}), [path, 'x']]);
    expect(() => readBundleFiles(folder)).toThrow(`${path} would be ignored`);
  });

  test('are named, the first five of them, if they would be ignored', () => {
    write([...files(), ...[1, 2, 3, 4, 5, 6, 7].map((n) => [`${n}.cedar`, 'x'] as const)]);
    expect(() => readBundleFiles(folder)).toThrow(
      '1.cedar, 2.cedar, 3.cedar, 4.cedar, 5.cedar and 2 more would be ignored',
    );
  });

  test.each(['policies/self', 'entitlements/up'])('may not have a folder in itself: %s', (path) => {
    write(files());
    symlinkSync(path.endsWith('up') ? '..' : '.', join(folder, path));
    expect(() => readBundleFiles(folder)).toThrow(
      `${path} is a link to a folder around it; remove it`,
    );
  });

  test('that are a device or a pipe are refused', () => {
    write(files());
    symlinkSync('/dev/null', join(folder, 'policies/pipe.cedar'));
    expect(() => readBundleFiles(folder)).toThrow('policies/pipe.cedar is not a file; remove it');
  });

  test('that are not UTF-8 are refused', () => {
    write(files());
    writeFileSync(join(folder, 'policies/latin.cedar'), Buffer.from([0x2f, 0x2f, 0xe9]));
    expect(() => readBundleFiles(folder)).toThrow('policies/latin.cedar is not UTF-8');
  });

  test('that are links are followed, and refused if they lead nowhere', () => {
    write([...files({ 'policies/read.cedar': null }), ['shared/README.md', '']]);
    writeFileSync(join(folder, 'shared', 'x.md'), '// linked');
    mkdirSync(join(folder, 'policies'));
    symlinkSync(join(folder, 'shared', 'x.md'), join(folder, 'policies', 'read.cedar'));
    expect(readBundleFiles(folder).get('policies/read.cedar')).toBe('// linked');
    symlinkSync(join(folder, 'nowhere'), join(folder, 'policies', 'gone.cedar'));
    expect(() => readBundleFiles(folder)).toThrow(/gone\.cedar/);
  });

  test('have the same order on every machine', () => {
    write([...files({ 'policies/b.cedar': '', 'policies/a.cedar': '' })].reverse());
    expect([...readBundleFiles(folder).keys()]).toEqual([
      'issuers.yaml',
      'limits.yaml',
      'entitlements/read.yaml',
      'policies/a.cedar',
      'policies/b.cedar',
      'policies/read.cedar',
    ]);
  });

  test('are only those that are part of a bundle', () => {
    const others = [
      'README.md',
      'policies/README.md',
      'LICENSE',
      '.github/check.yaml',
      '.gitignore',
    ];
    write([...files(), ...others.map((path) => [path, 'x'] as const)]);
    mkdirSync(join(folder, 'policies', 'folder.cedar'));
    expect([...readBundleFiles(folder).keys()]).toEqual([...files().keys()]);
  });

  test.each([
    'policies/.old/forbid.cedar',
    'entitlements/.drafts/read.yaml',
    'cases/team/.old/a.yaml',
  ])('are refused where they are hidden among the parts: %s', (path) => {
    write([...files(), [path, 'x']]);
    expect(() => readBundleFiles(folder)).toThrow(`${path} would be ignored`);
  });

  test('may have a folder of Git among them', () => {
    write([...files(), ['policies/.git/config', 'x']]);
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
