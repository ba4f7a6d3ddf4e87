import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BundleError, BundleFiles } from '../../core/bundle/bundle.ts';
import { bundleOf, type Preset, readPreset } from '../../core/policy/preset.ts';
import { readBundle } from '../../core/policy/read-bundle.ts';
import { codeOf, UsageError } from '../failure.ts';
import { count, plain, type Terminal } from '../terminal.ts';
import { tools } from './open-bundle.ts';
import { showInvalid } from './show-errors.ts';

export type InitOptions = { readonly preset: readonly string[]; readonly json: boolean };

/** Where presets are in the checkout, and in the installed command, next to `chunks/`. */
const FOLDER = fileURLToPath(new URL('../../presets/', import.meta.url));
const INSTALLED = fileURLToPath(new URL('../presets/', import.meta.url));

/**
 * `valetkey policy init`: writes a bundle that is made of presets.
 *
 * @returns 0 if it was written; 1 if the presets make no valid bundle, and nothing was.
 */
export function init(folder: string, { preset, json }: InitOptions, out: Terminal): 0 | 1 {
  if (preset.length === 0) return list(json, out);
  refuseUnlessNew(folder);
  const made = bundleOf([...new Set(preset)].map(open));
  if (!made.ok) {
    throw new UsageError(`Two of the presets have different texts for ${made.error}.`);
  }
  const read = readBundle(made.value, tools().language);
  if (!read.ok) return showInvalid(read.error, { folder, files: made.value }, json, out);
  write(folder, made.value);
  if (json) out.json({ ok: true, folder, files: [...made.value.keys()] });
  else {
    out.print(`Wrote ${count(made.value.size, 'file')} to ${plain(folder)}.`);
    out.print('Replace the sample ids, URLs and role with yours. Then:');
    out.print(`  valetkey policy check --policy ${plain(folder)} --strict`);
    out.print(`  valetkey policy test --policy ${plain(folder)}`);
  }
  return 0;
}

/** @throws UsageError unless the folder can be made, or is there and empty. */
function refuseUnlessNew(folder: string): void {
  if (folder.trim() === '') throw new UsageError('The name of the folder is empty.', NEW_FOLDER);
  for (let path = resolve(folder); ; path = dirname(path)) {
    if (isThere(path)) {
      if (!existsSync(path))
        throw new UsageError(`${plain(path)} is a link to nothing.`, NEW_FOLDER);
      if (!statSync(path).isDirectory())
        throw new UsageError(`${plain(path)} is not a folder.`, NEW_FOLDER);
      break;
    }
    if (path === dirname(path)) break;
  }
  if (existsSync(folder) && readdirSync(folder).length > 0) {
    throw new UsageError(
      `The folder ${plain(folder)} is not empty, and init overwrites nothing.`,
      'Name a new folder, and copy from there what you need.',
    );
  }
}

const NEW_FOLDER = 'Name a new folder.';

/** Whether there is anything, also a link to nothing; below a file there is nothing. */
function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    if (codeOf(error) === 'ENOTDIR') return false;
    throw new UsageError(`Cannot read ${plain(path)} (${codeOf(error)}).`, NEW_FOLDER);
  }
}

function list(json: boolean, out: Terminal): 0 {
  const presets = names().map(open);
  if (json) {
    out.json(
      presets.map(({ name, title, for: who, sources }) => ({ name, title, for: who, sources })),
    );
    return 0;
  }
  const width = Math.max(...presets.map(({ name }) => name.length));
  for (const { name, title, for: who } of presets) {
    out.print(`${out.paint('bold', name.padEnd(width))}  ${title}, for ${who}`);
  }
  out.print('\nWrite a bundle: valetkey policy init FOLDER --preset NAME --preset NAME');
  return 0;
}

function folderOfPresets(): string {
  return existsSync(INSTALLED) ? INSTALLED : FOLDER;
}

function names(): readonly string[] {
  return readdirSync(folderOfPresets())
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => basename(file, '.yaml'))
    .toSorted();
}

/** One of ours by its name, or a file of the same format by its path. */
function open(preset: string): Preset {
  const isFile = preset.includes('/') || preset.endsWith('.yaml');
  if (!isFile && !names().includes(preset)) {
    throw new UsageError(
      `There is no preset "${plain(preset)}".`,
      `Presets: ${names().join(', ')}. Or name a file: ./${plain(preset)}.yaml`,
    );
  }
  const path = isFile ? preset : join(folderOfPresets(), `${preset}.yaml`);
  if (!existsSync(path)) throw new UsageError(`The file ${plain(path)} does not exist.`);
  if (!statSync(path).isFile()) throw new UsageError(`${plain(path)} is not a file.`);
  const read = readPreset(basename(path, '.yaml'), path, readFileSync(path, 'utf8'));
  if (read.ok) return read.value;
  throw new UsageError(read.error.map(said).join('\n'), 'Take one of the presets as an example.');
}

function said({ file, line, message }: BundleError): string {
  return `${plain(file)}:${line}: ${plain(message)}`;
}

/** @throws UsageError if a file cannot be written; those that were are removed again. */
function write(folder: string, files: BundleFiles): void {
  const written: string[] = [];
  try {
    for (const [path, content] of files) {
      const file = join(folder, path);
      mkdirSync(dirname(file), { recursive: true });
      // `wx` fails where a file is there already.
      writeFileSync(file, content, { flag: 'wx' });
      written.push(file);
    }
  } catch (error) {
    for (const file of written) rmSync(file, { force: true });
    throw new UsageError(`Cannot write to ${plain(folder)} (${codeOf(error)}).`, NEW_FOLDER);
  }
}
