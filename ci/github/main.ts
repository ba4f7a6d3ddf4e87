import { setTimeout as sleep } from 'node:timers/promises';
import { githubMasks, githubVariables } from '../../cli/ci/hand-over.ts';
import { jobName } from '../../cli/ci/system.ts';
import { type Answer, brokerUrl, call, type Grant, oneLine } from './broker.ts';

/** The action: gets credentials for the later steps. `post.ts` ends the grant, even after a failed step. */

const POLL_MS = 5000;

try {
  await main();
} catch (error) {
  const text = error instanceof Error ? error.message : 'unknown error';
  process.stdout.write(`::error title=Valet Key::${oneLine(text)}\n`);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const broker = { url: brokerUrl(input('url')), audience: input('audience') || 'valetkey' };
  const body = requestBody();
  const answer = (await call(broker, 'POST', '/v1/credentials', body)) as Answer;
  // First, so that the post step ends the grant whatever fails afterwards.
  remember(answer.grant.id);
  const { grant, credentials } =
    answer.credentials === undefined ? await waitAndVend(answer.grant) : answer;
  if (credentials === undefined) {
    throw new Error(`The broker sent no keys: ${grant.id} is ${grant.status}.`);
  }
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = credentials;
  for (const value of [accessKeyId, secretAccessKey, sessionToken]) refuseUnlessCredential(value);
  process.stdout.write(githubMasks([accessKeyId, secretAccessKey, sessionToken]));
  githubVariables(file('GITHUB_ENV'), {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
    ...(input('region') !== '' && {
      AWS_REGION: input('region'),
      AWS_DEFAULT_REGION: input('region'),
    }),
  });
  githubVariables(file('GITHUB_OUTPUT'), { grant: grant.id, expiration });
  process.stdout.write(`${oneLine(`${grant.id}: keys until ${expiration}`)}\n`);

  async function waitAndVend(first: Grant): Promise<Answer> {
    process.stdout.write(`${oneLine(`${first.id} is waiting for approval`)}\n`);
    for (let grant = first; ; ) {
      if (grant.status === 'active') {
        return (await call(broker, 'POST', `/v1/grants/${grant.id}/credentials`, {})) as Answer;
      }
      if (grant.status !== 'pending' && grant.status !== 'scheduled') {
        throw new Error(`${grant.id} is ${grant.status}: ${grant.endReason ?? ''}`);
      }
      await sleep(POLL_MS);
      grant = (await call(broker, 'GET', `/v1/grants/${first.id}`)) as Grant;
    }
  }
}

function requestBody(): object {
  const lines = input('parameters')
    .split('\n')
    .filter((line) => line.trim() !== '');
  const parameters = lines.map((line): [string, string] => {
    const at = line.indexOf('=');
    if (at < 1) throw new Error('The input `parameters` must have one name=value per line.');
    return [line.slice(0, at).trim(), line.slice(at + 1).trim()];
  });
  const ticket = input('ticket');
  return {
    entitlement: input('entitlement'),
    parameters: Object.fromEntries(parameters),
    durationSeconds: durationSeconds(),
    justification: input('reason') || jobName(process.env),
    ...(ticket !== '' && { ticket }),
  };
}

function durationSeconds(): number {
  const text = input('duration-seconds') || '1800';
  if (/^\d{1,7}$/.test(text)) return Number(text);
  throw new Error('The input `duration-seconds` must be a whole number.');
}

/** Any other text could contain a workflow command, or set another variable. */
function refuseUnlessCredential(value: unknown): void {
  if (typeof value === 'string' && /^[\w+/=.:-]{8,8192}$/.test(value)) return;
  throw new Error('The broker sent invalid keys.');
}

/** The runner passes inputs as variables: upper case, spaces as underscores. */
function input(name: string): string {
  return (process.env[`INPUT_${name.replaceAll(' ', '_').toUpperCase()}`] ?? '').trim();
}

function remember(grantId: string): void {
  if (!/^gr_[a-z0-9]{4,40}$/.test(grantId)) throw new Error('The broker sent an invalid grant id.');
  githubVariables(file('GITHUB_STATE'), { grant: grantId });
}

function file(name: string): string {
  const path = process.env[name];
  if (!path) throw new Error(`${name} is not set: the action must run in a step of a job.`);
  return path;
}
