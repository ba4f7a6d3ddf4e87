import { fileURLToPath } from 'node:url';
import type { BuildOptions } from 'esbuild';

/**
 * The GitHub action's two programs. GitHub runs what lies in the repository, so they are committed; a
 * test builds them again and compares. Only our own code is in them.
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
