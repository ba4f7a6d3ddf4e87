import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PLANTS, type Plant } from './plants.ts';

/**
 * `npm run simulate:plants`: plants each bug in a copy of the code, or those whose name contains an
 * argument; exits with 1 if the simulation misses one.
 */

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const NEEDED = [
  'core',
  'adapters',
  'workflow',
  'test/simulation',
  'test/support',
  'test/contracts',
  'package.json',
];
const HISTORIES = '3000';

type Found = { readonly plant: Plant; readonly found: boolean; readonly line: string };

async function look(plant: Plant): Promise<Found> {
  const folder = mkdtempSync(join(tmpdir(), 'valetkey-plant-'));
  try {
    for (const path of NEEDED) cpSync(join(ROOT, path), join(folder, path), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    for (const { file, from, to } of plant.edits) {
      const path = join(folder, file);
      const text = readFileSync(path, 'utf8');
      if (!text.includes(from)) {
        return { plant, found: false, line: 'the text to replace does not occur' };
      }
      writeFileSync(
        path,
        text.replace(from, () => to),
      );
    }
    const output = await run(folder);
    const [line = ''] = output.split('\n');
    return { plant, found: line.includes('Violation'), line };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function run(folder: string): Promise<string> {
  const args = [join(folder, 'test/simulation/run.ts'), '--histories', HISTORIES, '--quiet'];
  const child = spawn(process.execPath, args, {
    cwd: folder,
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data: Buffer) => {
      output += data.toString();
    });
  }
  return new Promise((done) => child.on('close', () => done(output)));
}

const [only = ''] = process.argv.slice(2);
const waiting = PLANTS.filter(({ name }) => name.includes(only));
const results: Found[] = [];
await Promise.all(
  Array.from({ length: Math.max(1, availableParallelism() - 1) }, async () => {
    for (let plant = waiting.shift(); plant !== undefined; plant = waiting.shift()) {
      const result = await look(plant);
      results.push(result);
      console.log(`${result.found ? 'found ' : 'MISSED'}  ${plant.name}\n        ${result.line}`);
    }
  }),
);
const missed = results.filter(({ found }) => !found);
console.log(`${results.length - missed.length} of ${results.length} planted bugs found`);
process.exit(missed.length === 0 ? 0 : 1);
