import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { build } from 'esbuild';
import { BUILD_OPTIONS, buildCommand, ROOT } from './build-command.ts';

/** `npm pack` runs this. It fills `dist/` with the command, and with the constructs that other CDK apps import. */
const DIST = join(ROOT, 'dist');

await buildCommand(DIST);
await build({
  ...BUILD_OPTIONS,
  minify: false,
  entryPoints: ['lib/constructs.ts'],
  outfile: join(DIST, 'constructs.js'),
  // The importing app brings the CDK, of which there may be only one.
  packages: 'external',
});
execFileSync(
  process.execPath,
  [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.constructs.json'],
  { cwd: ROOT, stdio: 'inherit' },
);
