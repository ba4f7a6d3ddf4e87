import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { buildSync } from 'esbuild';
import { ACTION_BUILD } from '../../bin/github-action.ts';

const { outputFiles } = buildSync({ ...ACTION_BUILD, write: false });

test.each(outputFiles.map(({ path, text }) => [path.replace(/^.*\/(ci\/)/, '$1'), text]))(
  '%s is what its source says; npm run reference writes it anew',
  (path, text) => {
    expect(readFileSync(path, 'utf8')).toBe(text);
  },
);

test('the action carries nobody else’s code', () => {
  for (const { text } of outputFiles) expect(text).not.toContain('node_modules');
});
