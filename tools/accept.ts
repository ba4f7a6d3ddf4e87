import { mkdirSync, rmSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { checkRunId, folderOf, newRunId, type Run } from './accept/names.ts';
import { play } from './accept/play.ts';
import { prepare } from './accept/prepare.ts';
import { removeAll } from './accept/remove.ts';
import { Report } from './accept/report.ts';

/**
 * Deploys the broker to an account of your own, tries what it promises, measures, and takes everything away.
 *
 *   npm run accept -- --profile NAME            lists what it would create, and asks
 *   npm run accept -- --profile NAME --yes      does not ask
 *   npm run accept -- --profile NAME --remove RUN   takes away what an interrupted run left
 */

const { values } = parseArgs({
  options: {
    profile: { type: 'string' },
    yes: { type: 'boolean', default: false },
    remove: { type: 'string' },
    // For the emulator, which signs no tokens: an issuer of the local stack.
    'dev-issuer': { type: 'string' },
  },
});
const { profile = null, yes, remove, 'dev-issuer': issuerUrl = null } = values;
if (profile === null && process.env['AWS_ENDPOINT_URL'] === undefined) {
  console.error('Name the profile of the account to deploy to: npm run accept -- --profile NAME');
  process.exit(2);
}
if (profile !== null) process.env['AWS_PROFILE'] = profile;

const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (!stopping.signal.aborted) console.error('\nStopping; what was made is taken away.');
    stopping.abort(new Error('stopped'));
  });
}

// A bug of ours, or of a library, must not leave a deployment behind either.
process.on('uncaughtException', (error) => stopping.abort(error));

async function runIn(id: string): Promise<Run> {
  const sts = new STSClient();
  const region = await sts.config.region();
  const { Account: account = '', Arn = '' } = await sts.send(new GetCallerIdentityCommand());
  const folder = folderOf(id);
  mkdirSync(folder, { recursive: true });
  return { id, account, region, partition: Arn.split(':')[1] ?? 'aws', folder };
}

async function confirmed(): Promise<boolean> {
  if (yes) return true;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const { signal } = stopping;
  const answer = await terminal.question('\nType yes to go on: ', { signal }).catch(() => 'no');
  terminal.close();
  return answer.trim() === 'yes';
}

async function main(): Promise<number> {
  const run = await runIn(remove === undefined ? newRunId() : checkRunId(remove));
  const report = new Report();
  if (remove !== undefined) {
    console.log(`Takes away what run ${run.id} made in account ${run.account}, ${run.region}.`);
    if (!(await confirmed())) return 1;
    return cleanUp(run, report);
  }
  const place = { profile, issuerUrl };
  const prepared = await prepare(run, place, stopping.signal, report.log);
  console.log(prepared.plan.join('\n'));
  if (!(await confirmed())) {
    console.log('Nothing was created.');
    rmSync(run.folder, { recursive: true, force: true });
    return 1;
  }
  try {
    await play(run, prepared, place, report, stopping.signal);
  } catch (error) {
    report.fail('the run', error);
  }
  const code = Math.max(await cleanUp(run, report), report.end());
  if (code === 0) rmSync(run.folder, { recursive: true, force: true });
  else console.log(`CloudFormation's events are in ${run.folder}/cdk.log.`);
  return code;
}

async function cleanUp(run: Run, report: Report): Promise<number> {
  const { left } = await removeAll(run, report.log);
  if (left.length === 0) {
    report.log('everything that the run made is gone');
    return 0;
  }
  report.log(`left behind; try: npm run accept -- --profile NAME --remove ${run.id}`);
  for (const line of left) console.log(`             ${line}`);
  return 1;
}

process.exitCode = await main();
