import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import type { ICruiseResult } from 'dependency-cruiser';
import { filesIn, IMPORT_RULES, LAYERS, MAY_IMPORT } from '../../tools/import-rules.ts';
import { ROOT, sourceFiles } from '../support/source-files.ts';
import { allowed, PACKAGES, plants, targets } from './import-plants.ts';

const FOLDERS = Object.keys(MAY_IMPORT);

/** Where the planted tree stands. */
const tree = mkdtempSync(join(tmpdir(), 'valetkey-imports-'));
afterAll(() => rmSync(tree, { recursive: true }));

function write(file: string, text: string): void {
  mkdirSync(dirname(join(tree, file)), { recursive: true });
  writeFileSync(join(tree, file), text);
}

/** Cruises the planted tree by the project's own rules. */
function breaches(): readonly string[] {
  for (const file of targets) write(file, 'export const a = 1;');
  for (const name of PACKAGES) {
    write(`node_modules/${name}/package.json`, JSON.stringify({ name, main: 'index.js' }));
    write(`node_modules/${name}/index.js`, '');
  }
  const dependencies = Object.fromEntries(PACKAGES.map((name) => [name, '*']));
  write('package.json', JSON.stringify({ name: 'planted', type: 'module', dependencies }));
  for (const [file, code] of Object.entries(allowed)) write(file, code);
  for (const { file, code } of plants) write(file, code);
  const command = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');
  const config = ['--config', join(ROOT, '.dependency-cruiser.mjs'), '--output-type', 'json'];
  const run = execFileSync(process.execPath, [command, ...config, ...FOLDERS], {
    cwd: tree,
    encoding: 'utf8',
    maxBuffer: 100_000_000,
  });
  const { summary } = JSON.parse(run) as ICruiseResult;
  expect(summary.environment.issues ?? []).toEqual([]);
  return summary.violations.map(({ from, rule }) => `${from} breaks ${rule.name}`);
}

describe('the rules of imports', () => {
  test('find every planted breach, and nothing else', () => {
    const expected = plants.map(({ file, breaks }) => `${file} breaks ${breaks}`);
    expect(breaches().toSorted()).toEqual(expected.toSorted());
  });

  test('are all broken by a plant', () => {
    const broken = new Set(plants.map(({ breaks }) => breaks));
    expect(IMPORT_RULES.flatMap(({ name = '' }) => (broken.has(name) ? [] : [name]))).toEqual([]);
  });

  test('name every folder that has TypeScript in it, and no other', () => {
    const folders = readdirSync(ROOT, { withFileTypes: true })
      .filter(
        (entry) => entry.isDirectory() && !/^(node_modules|dist|cdk\.out|\.)/.test(entry.name),
      )
      .map(({ name }) => name)
      .filter((folder) => readdirSync(join(ROOT, folder), { recursive: true }).some(isTypeScript));
    expect(FOLDERS).toEqual(folders.toSorted());
  });

  test.each(Object.entries(LAYERS))('give each file of %s one layer', (folder, layers) => {
    const files = sourceFiles(new RegExp(`^${folder}/`));
    const layersOf = (file: string): readonly string[] =>
      layers.filter((layer) => new RegExp(filesIn(folder, layer)).test(file));
    expect(files.filter((file) => layersOf(file).length !== 1)).toEqual([]);
    expect(layers.filter((layer) => !files.some((file) => layersOf(file).includes(layer)))).toEqual(
      [],
    );
  });
});

function isTypeScript(file: string | Buffer): boolean {
  return String(file).endsWith('.ts');
}
