import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { type BuildOptions, buildSync } from 'esbuild';
import type { Bundle } from '../core/bundle/bundle.ts';
import { packPage } from './page-files.ts';

const LAMBDAS = fileURLToPath(new URL('../lambdas', import.meta.url));
const CEDAR = createRequire(import.meta.url).resolve('@cedar-policy/cedar-wasm/nodejs');
const CEDAR_MODULE = join(dirname(CEDAR), 'cedar_wasm_bg.wasm');

export const ESBUILD_OPTIONS: BuildOptions = {
  bundle: true,
  minify: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  // The SDK's CommonJS build calls require('node:https') at run time, which an ES module cannot.
  mainFields: ['module', 'main'],
  logLevel: 'warning',
};

/** Temporary folders, needed until the app is synthesised. */
const packed: string[] = [];
process.once('exit', () => {
  for (const folder of packed) rmSync(folder, { recursive: true, force: true });
});

/** It compiles bundles, and the reader of YAML is CommonJS, which requires Node's own modules. */
const REQUIRE = {
  js: "import { createRequire as requireForBanner } from 'node:module'; const require = requireForBanner(import.meta.url);",
};

/** What is packed beside the code of a Lambda. */
export type Needs = 'nothing' | 'bundle' | 'bundle and engine' | 'bundle and page';

/**
 * The code of `lambdas/<name>.lambda.ts` with everything it imports and needs.
 *
 * @param files Further files, by their names.
 */
export function lambdaCode(
  name: string,
  needs: Needs,
  bundle: Bundle,
  files: Readonly<Record<string, string>> = {},
): lambda.Code {
  const folder = mkdtempSync(join(tmpdir(), `valetkey-${name}-`));
  packed.push(folder);
  packLambda(name, needs, bundle, folder);
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
  return lambda.Code.fromAsset(folder);
}

/** Writes that code into a folder; benchmarks and tests use it directly. */
export function packLambda(name: string, needs: Needs, bundle: Bundle, folder: string): void {
  buildSync({
    ...ESBUILD_OPTIONS,
    entryPoints: [join(LAMBDAS, `${name}.lambda.ts`)],
    outfile: join(folder, 'index.mjs'),
    ...(name === 'recover' && { banner: REQUIRE }),
    alias: {
      '@aws-sdk/credential-provider-node': join(LAMBDAS, 'environment-credentials.ts'),
      // The package's default build looks for Java and native programs; this one is plain JavaScript.
      recheck: 'recheck/lib/browser.js',
    },
  });
  if (needs === 'nothing') return;
  writeFileSync(join(folder, 'bundle.json'), JSON.stringify(bundle));
  if (needs === 'bundle') return;
  if (needs === 'bundle and page') packPage(join(folder, 'page'));
  else copyFileSync(CEDAR_MODULE, join(folder, 'cedar_wasm_bg.wasm'));
}
