import { fileURLToPath } from 'node:url';
import type { BuildOptions } from 'esbuild';

/**
 * How the two programs of the GitHub action are built. GitHub runs the files in the repository, so
 * they are committed; a test builds them again and compares. They contain only our own code.
 */
export const ACTION_BUILD = {
  absWorkingDir: fileURLToPath(new URL('..', import.meta.url)),
  entryPoints: ['ci/github/main.ts', 'ci/github/post.ts'],
  outdir: 'ci/github/dist',
  outExtension: { '.js': '.mjs' },
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  banner: { js: '// Made by `npm run reference` from ci/github/*.ts. Do not edit.' },
  logLevel: 'warning',
} as const satisfies BuildOptions;
