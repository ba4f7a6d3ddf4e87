import { globSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What our sources import, types too, by reading them. */

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const FOLDERS = ['adapters', 'bin', 'ci', 'cli', 'core', 'lambdas', 'lib', 'local', 'tools'];

/** `target` is a path from the project's root for what is ours, and a package's name otherwise. */
export type Import = {
  readonly file: string;
  readonly target: string;
  readonly ours: boolean;
  readonly typeOnly: boolean;
};

/** `import … from`, `export … from`, `import '…'`, `import('…')`, `require('…')`, `resolve('…')`. */
const IMPORTS = [
  /^\s*(?:import|export)\b(\s+type\b)?[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]/gm,
  /^\s*import()\s*['"]([^'"]+)['"]/gm,
  /\bimport()\s*\(\s*['"`]([^'"`]+)['"`]/g,
  /\b(?:require|createRequire\([^)]*\))()\s*\(\s*['"]([^'"]+)['"]/g,
];

export function sourceFiles(pattern = '**/*.ts'): readonly string[] {
  return FOLDERS.flatMap((folder) => globSync(`${folder}/${pattern}`, { cwd: ROOT })).toSorted();
}

export function readSource(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}

export function importsOf(file: string, text = readSource(file)): readonly Import[] {
  const code = text.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
  return IMPORTS.flatMap((pattern) =>
    Array.from(code.matchAll(pattern), ([, type = '', target = '']) => {
      const ours = target.startsWith('.');
      return {
        file,
        target: ours ? posix.join(dirname(file), target) : target,
        ours,
        typeOnly: type !== '',
      };
    }),
  );
}

export function allImports(): readonly Import[] {
  return sourceFiles().flatMap((file) => importsOf(file));
}
