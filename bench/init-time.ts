import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildSync } from 'esbuild';
import type { Bundle } from '../core/bundle/bundle.ts';
import { ESBUILD_OPTIONS, packLambda } from '../lib/lambda-code.ts';
import { ratios, type Spread, spread } from './statistics.ts';

const ROUNDS = 21;

/** Imports a bundle in a new process, as the Lambda runtime does, and prints how long that took. */
const IMPORT = `
  const begun = performance.now();
  await import(process.argv[1]);
  process.stdout.write(String(performance.now() - begun));
  process.exit(0);
`;

export type InitTimes = {
  readonly vendMs: Spread;
  readonly stsOnlyMs: Spread;
  readonly ratio: Spread;
};

/** Compares the vend bundle with one that contains only an STS client, in turn. */
export async function measureInit(
  bundle: Bundle,
  env: Readonly<Record<string, string>>,
): Promise<InitTimes> {
  const folder = mkdtempSync(join(tmpdir(), 'valetkey-init-'));
  try {
    packLambda('vend', 'bundle and engine', bundle, folder);
    const vend = join(folder, 'index.mjs');
    const sts = join(folder, 'sts.mjs');
    writeFileSync(join(folder, 'sts.ts'), STS_ONLY);
    buildSync({
      ...ESBUILD_OPTIONS,
      entryPoints: [join(folder, 'sts.ts')],
      outfile: sts,
      nodePaths: ['node_modules'],
    });
    // Asynchronous, because the issuers whose keys the vend bundle fetches run in this process.
    const run = async (file: string): Promise<number> => {
      const args = ['--input-type=module', '-e', IMPORT, file];
      const environment = { ...process.env, ...env, LAMBDA_TASK_ROOT: folder };
      const { stdout } = await promisify(execFile)(process.execPath, args, { env: environment });
      return Number(stdout);
    };
    const times = { vend: [] as number[], sts: [] as number[] };
    for (let round = 0; round < ROUNDS; round += 1) {
      times.vend.push(await run(vend));
      times.sts.push(await run(sts));
    }
    return {
      vendMs: spread(times.vend),
      stsOnlyMs: spread(times.sts),
      ratio: ratios(times.vend, times.sts),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const STS_ONLY = `
  import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
  const client = new STSClient({});
  export const handler = (input) => client.send(new AssumeRoleCommand(input));
`;

const SUFFIX = '.lambda.ts';

/** Kilobytes of code of each Lambda, without the WebAssembly module that some of them carry. */
export function codeSizes(bundle: Bundle): Record<string, number> {
  const files = readdirSync('lambdas').filter((file) => file.endsWith(SUFFIX));
  return Object.fromEntries(
    files.map((file) => {
      const name = file.slice(0, -SUFFIX.length);
      const folder = mkdtempSync(join(tmpdir(), 'valetkey-size-'));
      packLambda(name, 'nothing', bundle, folder);
      const bytes = readdirSync(folder).reduce(
        (sum, file) => sum + statSync(join(folder, file)).size,
        0,
      );
      rmSync(folder, { recursive: true });
      return [name, Math.round(bytes / 1024)];
    }),
  );
}
