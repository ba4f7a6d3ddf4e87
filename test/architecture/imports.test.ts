import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { allImports, type Import, importsOf, sourceFiles } from '../support/source-imports.ts';

/** The arrows of the design's section 9: who may import what, types included. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  bin: ['lib', 'adapters', 'core'],
  // The reference of the command is made from the command.
  tools: ['adapters', 'core', 'cli'],
  // Facts that templates and code share: routes, id shapes, the bundle. Lambdas only by path.
  lib: ['core'],
  lambdas: ['core', 'adapters'],
  core: [],
  adapters: ['core'],
  cli: ['core', 'adapters'],
  // What runs on other people's runners: the parts of the command that it needs.
  ci: ['cli'],
  // The local stack runs the app and the Lambdas as they are: it starts them, by their paths.
  local: ['core', 'adapters'],
};

/** Libraries that compute and nothing else. */
const PURE = ['zod', 'zod/mini', 'yaml', 'recheck', '@eslint-community/regexpp', 'node:crypto'];

const AWS = /^(@aws-sdk|@smithy|@aws-lambda-powertools|aws-cdk|aws-cdk-lib|constructs)(\/|$)/;
const CDK = /^(aws-cdk|aws-cdk-lib|constructs|cdk-nag)(\/|$)/;

const imports = allImports();
const from = (folder: string): readonly Import[] =>
  imports.filter(({ file }) => file.startsWith(`${folder}/`));
const folderOf = (path: string): string => path.split('/')[0] ?? '';
const show = (wrong: readonly Import[]): readonly string[] =>
  wrong.map(({ file, target }) => `${file} imports ${target}`);

describe('the reader of imports', () => {
  test.each([
    ["import { a } from './a.ts';", 'lib/a.ts'],
    ["import {\n  a,\n  type B,\n} from '../b.ts';", 'b.ts'],
    ["import type { A } from 'zod';", 'zod'],
    ["import * as z from 'zod';", 'zod'],
    ["import 'node:fs';", 'node:fs'],
    ["export { a } from './a.ts';", 'lib/a.ts'],
    ["const a = await import('node:fs');", 'node:fs'],
    ["const a = require('node:fs');", 'node:fs'],
    ["type A = import('aws-lambda').Context;", 'aws-lambda'],
  ])('sees %j', (text, target) => {
    const [found] = importsOf('lib/x.ts', text);
    expect(found?.target).toBe(target);
  });

  test('does not take a comment for an import', () => {
    expect(importsOf('x.ts', "// import 'a';\n/** import { b } from 'b'; */")).toEqual([]);
  });

  test('reads every source file, and every file that is imported is there', () => {
    expect(sourceFiles().length).toBeGreaterThan(60);
    expect(imports.length).toBeGreaterThan(200);
    const root = new URL('../../', import.meta.url);
    const lost = imports.filter(
      ({ ours, target }) => ours && !existsSync(fileURLToPath(new URL(target, root))),
    );
    expect(show(lost)).toEqual([]);
  });
});

describe.each(Object.entries(MAY_IMPORT))('%s', (folder, allowed) => {
  test(`imports of our own only itself${allowed.map((it) => `, ${it}`).join('')}`, () => {
    const wrong = from(folder).filter(
      ({ ours, target }) => ours && ![folder, ...allowed].includes(folderOf(target)),
    );
    expect(show(wrong)).toEqual([]);
  });
});

test('the core knows nothing of AWS, of the disk, of the network or of the clock', () => {
  const wrong = from('core').filter(({ ours, target }) => !ours && !PURE.includes(target));
  expect(show(wrong)).toEqual([]);
});

test('an adapter never imports another', () => {
  const adapterOf = (path: string): string => path.split('/').slice(0, 2).join('/');
  const wrong = from('adapters').filter(
    ({ file, ours, target }) =>
      ours && folderOf(target) === 'adapters' && adapterOf(file) !== adapterOf(target),
  );
  expect(show(wrong)).toEqual([]);
});

test('only constructs and the app know the CDK', () => {
  const wrong = imports.filter(
    ({ file, target }) => CDK.test(target) && !['bin', 'lib'].includes(folderOf(file)),
  );
  expect(show(wrong)).toEqual([]);
});

test('only adapters and the composition root call AWS; others take its types at most', () => {
  const callers = ['lambdas/container.ts', 'lambdas/logger.ts'];
  const wrong = imports.filter(
    ({ file, target, typeOnly }) =>
      AWS.test(target) &&
      !typeOnly &&
      ['core', 'lambdas', 'cli'].includes(folderOf(file)) &&
      !callers.includes(file),
  );
  expect(show(wrong)).toEqual([]);
});

test('nothing that is shipped imports tests, benchmarks or the local stack', () => {
  const wrong = imports.filter(
    ({ file, ours, target }) =>
      ours &&
      (/^(test|bench)$/.test(folderOf(target)) ||
        (folderOf(target) === 'local' && folderOf(file) !== 'local')),
  );
  expect(show(wrong)).toEqual([]);
});

test('no two files import one another in a circle, types aside', () => {
  const next = new Map<string, readonly string[]>();
  for (const file of sourceFiles()) {
    const own = imports.filter((it) => it.file === file && it.ours && !it.typeOnly);
    next.set(
      file,
      own.map(({ target }) => target),
    );
  }
  const done = new Set<string>();
  const circleFrom = (file: string, path: readonly string[]): readonly string[] | null => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return null;
    for (const target of next.get(file) ?? []) {
      const circle = circleFrom(target, [...path, file]);
      if (circle !== null) return circle;
    }
    done.add(file);
    return null;
  };
  const circles = sourceFiles().flatMap((file) => circleFrom(file, [])?.join(' → ') ?? []);
  expect(circles.slice(0, 1)).toEqual([]);
});
