import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { type Home, newHome } from '../../support/run-command.ts';
import { CI_CLAIMS, call, fillBucket, stack, tokenFor } from '../support.ts';

/** CI jobs get credentials with their own token, for their steps only. */

const DEPLOY = ['service-deploy', '-p', 'service=shop', '--for', '15m'];
const READER = fileURLToPath(new URL('read-objects.mjs', import.meta.url));
const read = [process.execPath, READER, 'acme-artifacts', 'services/shop/app.tgz'];

let runner: Server;
let runnerUrl = '';
let claims: Record<string, unknown> = CI_CLAIMS;
const tokenRequests: { url: string; bearer: string | undefined }[] = [];

/** The token endpoint of a GitHub runner, as documented: bearer, audience, `value`. */
beforeAll(async () => {
  await fillBucket();
  runner = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    tokenRequests.push({ url: url.href, bearer: request.headers.authorization });
    const valid =
      request.headers.authorization === 'Bearer runner-secret' &&
      url.pathname === '/token/1' &&
      url.searchParams.get('api-version') === '2.0';
    if (!valid) return void response.writeHead(401).end('{}');
    const value = await tokenFor('github', { ...claims, aud: url.searchParams.get('audience') });
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ count: value.length, value }));
  });
  await new Promise<void>((resolve) => runner.listen(0, '127.0.0.1', resolve));
  runnerUrl = `http://127.0.0.1:${(runner.address() as AddressInfo).port}/token/1?api-version=2.0`;
});
afterAll(async () => {
  runner.closeAllConnections();
  await new Promise((resolve) => runner.close(resolve));
});

function job(home: Home): Record<string, string> {
  const files = { GITHUB_ENV: 'env', GITHUB_OUTPUT: 'output', GITHUB_STATE: 'state' };
  const paths = Object.entries(files).map(([name, file]) => [name, join(home.folder, file)]);
  for (const [, path = ''] of paths) writeFileSync(path, '');
  return {
    ...Object.fromEntries(paths),
    GITHUB_ACTIONS: 'true',
    CI: 'true',
    GITHUB_REPOSITORY: 'acme/shop',
    GITHUB_RUN_ID: '4711',
    RUNNER_TEMP: home.folder,
    ACTIONS_ID_TOKEN_REQUEST_URL: runnerUrl,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'runner-secret',
    VALETKEY_BROKER: stack().apiUrl,
    AWS_ENDPOINT_URL: stack().emulatorUrl,
    AWS_REGION: stack().region,
  };
}

/** The variables for later steps, read like the runner reads the file. */
function variablesIn(path: string): Record<string, string> {
  const found = readFileSync(path, 'utf8').matchAll(/^(\w+)<<(\S+)\n([\s\S]*?)\n\2$/gm);
  return Object.fromEntries([...found].map(([, name = '', , value = '']) => [name, value]));
}

async function statusOf(id: string): Promise<string> {
  const token = await tokenFor('github', CI_CLAIMS);
  return String((await call('GET', `/v1/grants/${id}`, token)).body['status']);
}

function run(program: string, args: readonly string[], env: Record<string, string>) {
  return new Promise<{ code: number; out: string }>((resolve) => {
    execFile(program, args, { env }, (error, out) =>
      resolve({ code: error === null ? 0 : Number(error.code), out }),
    );
  });
}

describe('on GitHub Actions', () => {
  test('ci exec gets the token as GitHub documents it, without a stored secret', async () => {
    const home = newHome();
    tokenRequests.length = 0;
    const done = await home.run(['ci', 'exec', ...DEPLOY, '--', ...read], job(home));
    expect(done.out).toMatch(/^allowed with ASIA/);
    const [first] = tokenRequests;
    expect(first?.bearer).toBe('Bearer runner-secret');
    expect(new URL(first?.url ?? '').searchParams.get('audience')).toBe('valetkey');
    home.remove();
  });

  test('ci env masks the credentials first, and sets them for later steps', async () => {
    const home = newHome();
    const env = job(home);
    const { code, out, err } = await home.run(['ci', 'env', ...DEPLOY], env);
    expect(code).toBe(0);
    const variables = variablesIn(env['GITHUB_ENV'] ?? '');
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN']) {
      expect(out).toContain(`::add-mask::${variables[name]}\n`);
      expect(err).not.toContain(variables[name]);
    }
    expect(out.replaceAll(/^::add-mask::.*\n/gm, '')).toBe('');
    const step = await run(read[0] ?? '', read.slice(1), { ...home.env, ...env, ...variables });
    expect(step.out).toMatch(/^allowed/);

    const [, id = ''] = /(gr_\w+)/.exec(err) ?? [];
    expect((await home.run(['ci', 'release'], env)).code).toBe(0);
    expect(await statusOf(id)).toMatch(/^revok/);
    expect((await home.run(['ci', 'release'], env)).code).toBe(0);
    home.remove();
  });

  test('the error for a job without the permission says what to add', async () => {
    const home = newHome();
    const { ACTIONS_ID_TOKEN_REQUEST_URL: _, ...env } = job(home);
    const { code, err } = await home.run(['ci', 'exec', ...DEPLOY, '--', 'true'], env);
    expect(code).toBe(3);
    expect(err).toContain('id-token: write');
    home.remove();
  });

  test('a job of a pull request gets nothing but the reason', async () => {
    const home = newHome();
    claims = { ...CI_CLAIMS, event_name: 'pull_request_target' };
    const { code, err, out } = await home.run(['ci', 'env', ...DEPLOY], job(home));
    claims = CI_CLAIMS;
    expect({ code, out }).toEqual({ code: 4, out: '' });
    expect(err).toContain('no-keys-for-pull-requests');
    home.remove();
  });
});

describe('the action', () => {
  const entry = (name: string) =>
    fileURLToPath(new URL(`../../../ci/github/dist/${name}.mjs`, import.meta.url));
  const inputs = (more: Record<string, string> = {}): Record<string, string> => ({
    INPUT_URL: stack().apiUrl,
    INPUT_ENTITLEMENT: 'service-deploy',
    INPUT_PARAMETERS: 'service=shop\n',
    'INPUT_DURATION-SECONDS': '900',
    INPUT_REGION: stack().region,
    ...more,
  });

  test('sets credentials for later steps, and its post step ends the grant', async () => {
    const home = newHome();
    const env = { ...home.env, ...job(home), ...inputs() };
    const main = await run(process.execPath, [entry('main')], env);
    expect(main).toMatchObject({ code: 0 });
    const variables = variablesIn(env['GITHUB_ENV'] ?? '');
    expect(variables['AWS_REGION']).toBe(stack().region);
    expect(main.out).toContain(`::add-mask::${variables['AWS_SECRET_ACCESS_KEY']}`);
    const { grant = '' } = variablesIn(env['GITHUB_OUTPUT'] ?? '');
    const state = variablesIn(env['GITHUB_STATE'] ?? '');
    expect(state['grant']).toBe(grant);
    const step = await run(read[0] ?? '', read.slice(1), { ...env, ...variables });
    expect(step.out).toMatch(/^allowed/);

    const post = await run(process.execPath, [entry('post')], { ...env, STATE_grant: grant });
    expect(post).toMatchObject({ code: 0, out: expect.stringContaining('revok') });
    expect(await statusOf(grant)).toMatch(/^revok/);
    const again = await run(process.execPath, [entry('post')], { ...env, STATE_grant: grant });
    expect(again.code).toBe(0);
    home.remove();
  });

  test.each([
    ['a denial', { INPUT_PARAMETERS: 'service=pay' }, '::error title=Valet Key::No policy permits'],
    ['a parameter without a name', { INPUT_PARAMETERS: 'shop' }, 'one name=value per line'],
    ['a URL without TLS', { INPUT_URL: 'http://broker.acme.example' }, 'must be the https URL'],
    ['an invalid duration', { 'INPUT_DURATION-SECONDS': 'soon' }, '`duration-seconds` must be'],
  ])('fails with a message after %s, and sets nothing', async (_, more, message) => {
    const home = newHome();
    const env = { ...home.env, ...job(home), ...inputs(more) };
    const { code, out } = await run(process.execPath, [entry('main')], env);
    expect(code).toBe(1);
    expect(out).toContain(message);
    expect(out.match(/^::/gm)).toHaveLength(1);
    expect(variablesIn(env['GITHUB_ENV'] ?? '')).toEqual({});
    home.remove();
  });

  test('has a silent post step if there was no grant', async () => {
    const home = newHome();
    const { code, out } = await run(process.execPath, [entry('post')], {
      ...home.env,
      ...inputs(),
    });
    expect({ code, out }).toEqual({ code: 0, out: '' });
    home.remove();
  });
});

/** A fake of a program that a CI agent provides. */
function agentIn(home: Home, name: string, script: string): string {
  const bin = join(home.folder, 'bin');
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(bin, name), 0o755);
  return `${bin}:${process.env['PATH']}`;
}

type GitLabJob = {
  readonly before_script?: readonly string[];
  readonly after_script?: readonly string[];
  readonly id_tokens?: object;
};

describe('on other systems', () => {
  const shared = () => ({ VALETKEY_BROKER: stack().apiUrl, CI: 'true' });
  const sh = (command: string) => ['sh', '-c', command];

  test('a GitLab job has its token in a variable, and the credentials are not printed', async () => {
    const home = newHome();
    const VALETKEY_TOKEN = await tokenFor('github', CI_CLAIMS);
    const env = { ...shared(), GITLAB_CI: 'true', CI_JOB_ID: '1', VALETKEY_TOKEN };
    const { code, out, err } = await home.run(['ci', 'env', ...DEPLOY, '--shell', 'sh'], env);
    expect(code).toBe(0);
    const [program = '', ...args] = sh(`eval "$EXPORTS"; test -n "$AWS_SESSION_TOKEN" && echo set`);
    expect((await run(program, args, { ...home.env, EXPORTS: out })).out).toBe('set\n');
    expect(err).toMatch(/^valetkey: gr_\w+: keys until \S+\n$/);
    expect((await home.run(['ci', 'release'], env)).err).toMatch(/is revok/);
    const kept = readdirSync(home.folder, { recursive: true, encoding: 'utf8' });
    expect(kept.filter((name) => name.endsWith('.json'))).toEqual([]);
    home.remove();
  });

  test('the GitLab template sets credentials for the script, and ends the grant after it', async () => {
    const home = newHome();
    const template = parse(readFileSync('ci/gitlab.yml', 'utf8')) as Record<string, GitLabJob>;
    const { before_script = [], after_script = [], id_tokens } = template['.valetkey'] ?? {};
    expect(id_tokens).toEqual({ VALETKEY_TOKEN: { aud: 'valetkey' } });
    const shim = `exec "${process.execPath}" "${process.cwd()}/cli/valetkey.ts" "$@"`;
    const env = {
      ...home.env,
      ...shared(),
      PATH: agentIn(home, 'valetkey', shim),
      GITLAB_CI: 'true',
      VALETKEY_TOKEN: await tokenFor('github', CI_CLAIMS),
      VALETKEY_REQUEST: DEPLOY.join(' '),
      AWS_ENDPOINT_URL: stack().emulatorUrl,
      AWS_REGION: stack().region,
    };
    const script = [...before_script, read.map((word) => `"${word}"`).join(' ')];
    const [program = '', ...args] = sh(`set -e\n${script.join('\n')}`);
    expect((await run(program, args, env)).out).toMatch(/^allowed with ASIA/);
    const [after = '', ...rest] = sh(`${after_script.join('\n')} 2>&1`);
    expect((await run(after, rest, env)).out).toMatch(/gr_\w+ is revok/);
    home.remove();
  });

  test('a Buildkite job gets its token from the agent, which redacts the credentials', async () => {
    const home = newHome();
    const token = await tokenFor('github', CI_CLAIMS);
    const script = `case "$1 $2" in
"oidc request-token") test "$3 $4 $5 $6" = "--audience valetkey --claim organization_id,pipeline_id,build_id" && echo ${token};;
"redactor add") cat > "${home.folder}/redacted";; esac`;
    const PATH = agentIn(home, 'buildkite-agent', script);
    const env = { ...shared(), PATH, BUILDKITE: 'true' };
    const { code, out } = await home.run(['ci', 'env', ...DEPLOY, '--shell', 'sh'], env);
    expect(code).toBe(0);
    const redacted = JSON.parse(readFileSync(join(home.folder, 'redacted'), 'utf8')) as object;
    expect(Object.keys(redacted)).toHaveLength(3);
    for (const secret of Object.values(redacted)) expect(out).toContain(String(secret));
    home.remove();
  });

  test('a CircleCI job gets a token for our audience', async () => {
    const home = newHome();
    const token = await tokenFor('github', CI_CLAIMS);
    const script = `test "$*" = 'run oidc get --claims {"aud":"valetkey"}' && echo ${token}`;
    const PATH = agentIn(home, 'circleci', script);
    const env = { ...shared(), PATH, CIRCLECI: 'true' };
    expect(await home.run(['ci', 'exec', ...DEPLOY, '--', 'echo', 'runs'], env)).toMatchObject({
      code: 0,
      out: 'runs\n',
    });
    home.remove();
  });

  test('any other job names the file with its token', async () => {
    const home = newHome();
    const file = join(home.folder, 'token');
    writeFileSync(file, `${await tokenFor('github', CI_CLAIMS)}\n`);
    const args = ['ci', 'exec', ...DEPLOY, '--token-file', file, '--', 'echo', 'runs'];
    expect(await home.run(args, shared())).toMatchObject({ code: 0, out: 'runs\n' });
    rmSync(file);
    expect((await home.run(args, shared())).code).toBe(2);
    const none = await home.run(['ci', 'exec', ...DEPLOY, '--', 'true'], shared());
    expect(none.code).toBe(3);
    expect(none.err).toContain('--token-file');
    home.remove();
  });

  test('a failing job ends its grant', async () => {
    const home = newHome();
    const env = { ...shared(), VALETKEY_TOKEN: await tokenFor('github', CI_CLAIMS) };
    const command = sh('echo $VALETKEY_GRANT; exit 3');
    const { code, out } = await home.run(['ci', 'exec', ...DEPLOY, '--', ...command], env);
    expect(code).toBe(3);
    expect(await statusOf(out.trim())).toMatch(/^revok/);
    home.remove();
  });
});
