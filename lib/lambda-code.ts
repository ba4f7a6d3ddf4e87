import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { buildSync } from 'esbuild';
import type { Bundle } from '../core/bundle/bundle.ts';

const LAMBDAS = fileURLToPath(new URL('../lambdas', import.meta.url));
const CEDAR = new URL(import.meta.resolve('@cedar-policy/cedar-wasm/web'));
const CEDAR_MODULE = fileURLToPath(new URL('cedar_wasm_bg.wasm', CEDAR));

/** What a Lambda needs beside its code. */
export type Needs = 'nothing' | 'bundle' | 'bundle and engine';

/** Bundles `lambdas/<name>.lambda.ts` with everything it imports, and packs the policy bundle beside it. */
export function lambdaCode(name: string, needs: Needs, bundle: Bundle): lambda.Code {
  const folder = mkdtempSync(join(tmpdir(), `valetkey-${name}-`));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  packLambda(name, needs, bundle, folder);
  return lambda.Code.fromAsset(folder);
}

/** The same into a folder of the caller's, for benchmarks and tests. */
export function packLambda(name: string, needs: Needs, bundle: Bundle, folder: string): void {
  buildSync({
    entryPoints: [join(LAMBDAS, `${name}.lambda.ts`)],
    outfile: join(folder, 'index.mjs'),
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    // The SDK's CommonJS build requires node:https dynamically, which an ES module cannot.
    mainFields: ['module', 'main'],
    logLevel: 'warning',
  });
  if (needs === 'nothing') return;
  writeFileSync(join(folder, 'bundle.json'), JSON.stringify(bundle));
  if (needs === 'bundle') return;
  copyFileSync(CEDAR_MODULE, join(folder, 'cedar_wasm_bg.wasm'));
}
