import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MAY_IMPORT } from '../../tools/import-rules.ts';

/** The TypeScript files of the project, and what stands in them. */

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const FILES = Object.keys(MAY_IMPORT)
  .flatMap((folder) => globSync(`${folder}/**/*.ts`, { cwd: ROOT }))
  .toSorted();

/** Without tests, unless `folders` names them. */
export function sourceFiles(folders: RegExp = /^(?!test\/)/): readonly string[] {
  return FILES.filter((file) => folders.test(file));
}

export function readSource(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}

export function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
}
