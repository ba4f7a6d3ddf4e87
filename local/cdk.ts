import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ACCOUNT, inheritable, REGION } from './emulator.ts';
import { run } from './process.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

export type CdkOptions = {
  /** The emulator's URL. Default: none, for commands that call no AWS. */
  readonly url?: string;
  /** The working folder. Default: the root of the checkout, with its `cdk.json`. */
  readonly cwd?: string;
  /** The account whose root runs the command. Default: the emulator's own. */
  readonly account?: string;
};

export type Cdk = (args: readonly string[], options?: CdkOptions) => Promise<string>;

/**
 * The CDK's own command, as the root of an account on the emulator; logs to `cdk.log` in the
 * folder.
 */
export function cdkCommand(stateDir: string, signal: AbortSignal): Cdk {
  const program = join(ROOT, 'node_modules', 'aws-cdk', 'bin', 'cdk');
  const logFile = join(stateDir, 'cdk.log');
  rmSync(logFile, { force: true });
  return (args, { url = '', cwd = ROOT, account = ACCOUNT } = {}) =>
    run(process.execPath, [program, ...args, '--no-notices'], {
      cwd,
      logFile,
      signal,
      what: `cdk ${args[0]}`,
      env: {
        ...inheritable(process.env),
        CI: 'true',
        // Its caches stay here: the CDK would remember for the whole machine whose account which
        // key is.
        CDK_HOME: join(stateDir, 'cdk-home', account),
        CDK_DEFAULT_ACCOUNT: account,
        CDK_DEFAULT_REGION: REGION,
        CDK_DISABLE_CLI_TELEMETRY: 'true',
        // The account's root, as the emulator knows it.
        AWS_ACCESS_KEY_ID: account,
        AWS_SECRET_ACCESS_KEY: 'local',
        AWS_REGION: REGION,
        AWS_DEFAULT_REGION: REGION,
        ...(url !== '' && { AWS_ENDPOINT_URL: url }),
        AWS_CONFIG_FILE: join(stateDir, 'no-aws-config'),
        AWS_SHARED_CREDENTIALS_FILE: join(stateDir, 'no-aws-credentials'),
        AWS_EC2_METADATA_DISABLED: 'true',
      },
    });
}
