import { expect, test } from '@jest/globals';
import { loadedWithoutNames } from '../../tools/build-command.ts';

/** What a bundler's account says of files, and of what they load. */
const file = (format: 'cjs' | 'esm', ...loaded: readonly string[]) => ({
  bytes: 1,
  format,
  imports: loaded.map((path) => ({ path, kind: 'dynamic-import' as const })),
});

test('a CommonJS package that our own code loads when needed stops the build', () => {
  const inputs = {
    'cli/a.ts': file('esm', 'node_modules/cjs/index.js', 'node_modules/esm/index.js', 'node:http'),
    'node_modules/esm/index.js': file('esm', 'node_modules/esm/inner.js'),
    'node_modules/esm/inner.js': file('cjs'),
    'node_modules/cjs/index.js': file('cjs'),
  };
  expect(loadedWithoutNames({ inputs })).toEqual(['node_modules/cjs/index.js']);
});
