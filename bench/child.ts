import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import type { LocalState } from '../local/state-folder.ts';
import { tokenOf } from './token.ts';

/** Benchmarks that run in a process of their own. */

/**
 * The environment of the vend Lambda, with the credentials of its role and a token to call it with.
 */
export async function vendEnvironment(state: LocalState): Promise<Record<string, string>> {
  const root = { accessKeyId: state.accountId, secretAccessKey: 'local' };
  const settings = { endpoint: state.emulatorUrl, region: state.region, credentials: root };
  // Until a sweep has noted that every suspension has its gates, a vend reads whether it has.
  const { ValetKey } = JSON.parse(readFileSync('.valetkey/bench/outputs.json', 'utf8'));
  const sweep = new InvokeCommand({ FunctionName: ValetKey.SweepFunctionName, Payload: '{}' });
  await new LambdaClient(settings).send(sweep);
  const sts = new STSClient(settings);
  const RoleArn = `arn:aws:iam::${state.accountId}:role/ValetKey-vend`;
  const { Credentials } = await sts.send(
    new AssumeRoleCommand({ RoleArn, RoleSessionName: 'bench' }),
  );
  return {
    AWS_ACCESS_KEY_ID: Credentials?.AccessKeyId ?? '',
    AWS_SECRET_ACCESS_KEY: Credentials?.SecretAccessKey ?? '',
    AWS_SESSION_TOKEN: Credentials?.SessionToken ?? '',
    AWS_ENDPOINT_URL: state.emulatorUrl,
    AWS_REGION: state.region,
    TABLE_NAME: state.tableName,
    ACCOUNT_ID: state.accountId,
    ISSUER_URLS: JSON.stringify(state.issuers),
    BENCH_TOKEN: await tokenOf(state),
    BENCH_API: state.apiUrl,
    POWERTOOLS_METRICS_NAMESPACE: 'ValetKey',
    POWERTOOLS_SERVICE_NAME: 'vend',
  };
}

/** Runs a benchmark in its own process, drops its log, and reads its figures from descriptor 3. */
export async function runChild(
  file: string,
  env: Readonly<Record<string, string>>,
): Promise<unknown> {
  const child = spawn(process.execPath, [`bench/${file}`], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
  });
  let text = '';
  child.stdio[3]?.on('data', (data: Buffer) => {
    text += data.toString();
  });
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`${file} ended with ${code}`);
  return JSON.parse(text);
}
