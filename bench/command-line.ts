import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LocalState } from '../local/state-folder.ts';
import { ratios, spread } from './statistics.ts';
import { VEND_BODY } from './vend-handler.ts';

/**
 * Measures the packed command in pairs: against starting Node, and against the HTTP calls it makes.
 */

const PAIRS = 40;
const EXECS = 15;
const DIST = 'dist';

export async function measureCommand(state: LocalState, token: string) {
  execFileSync(process.execPath, ['tools/build.ts'], { stdio: 'inherit' });
  const home = mkdtempSync(join(tmpdir(), 'valetkey-bench-'));
  const env = {
    PATH: process.env['PATH'],
    VALETKEY_HOME: home,
    VALETKEY_BROKER: state.apiUrl,
    VALETKEY_TOKEN: token,
  };
  const node = (...args: readonly string[]): Promise<number> =>
    timedRun(process.execPath, args, env);
  const request = [
    '-p',
    `prefix=${VEND_BODY.parameters.prefix}`,
    '--for',
    '1h',
    '--reason',
    'bench',
  ];
  const command = join(DIST, 'valetkey.cjs');
  const cached = [command, 'credential-process', VEND_BODY.entitlement, ...request];
  const exec = [command, 'exec', VEND_BODY.entitlement, ...request, '--', 'true'];
  await node(...cached);
  const walls = { cached: [] as number[], bare: [] as number[] };
  const execs = { exec: [] as number[], raw: [] as number[] };
  for (let pair = 0; pair < PAIRS; pair += 1) {
    walls.bare.push(await node('-e', '0'));
    walls.cached.push(await node(...cached));
  }
  for (let pair = 0; pair < EXECS; pair += 1) {
    execs.raw.push(await rawCalls(state, token));
    execs.exec.push(await node(...exec));
  }
  rmSync(home, { recursive: true, force: true });
  return {
    cachedCredentialProcessOverNode: { ...ratios(walls.cached, walls.bare), goal: '≤ 1.3' },
    cachedCredentialProcessMs: spread(walls.cached),
    nodeMs: spread(walls.bare),
    execTrueOverItsHttpCalls: ratios(execs.exec, execs.raw),
    execTrueMs: spread(execs.exec),
    itsHttpCallsMs: spread(execs.raw),
    kilobytes: kilobytes(),
    runtimeDependencies: Object.keys(packageJson().dependencies ?? {}).length,
  };
}

/** Asynchronous, because the issuer whose keys the broker fetches runs in this process. */
async function timedRun(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<number> {
  const begun = performance.now();
  const child = spawn(program, args, { env, stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}`);
  return performance.now() - begun;
}

/** The calls that `exec -- true` makes: a vend, and the release at the end. */
async function rawCalls({ apiUrl }: LocalState, token: string): Promise<number> {
  const begun = performance.now();
  const post = async (path: string, body: object) => {
    const answer = await fetch(`${apiUrl}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    return (await answer.json()) as { readonly grant: { readonly id: string } };
  };
  const { grant } = await post('/v1/credentials', VEND_BODY);
  await post(`/v1/grants/${grant.id}/revoke`, { reason: 'bench' });
  return performance.now() - begun;
}

/** Sizes in the package; a cached answer loads only the entry. */
function kilobytes() {
  const size = (name: string): number => Math.round(statSync(join(DIST, name)).size / 1024);
  const chunks = readdirSync(join(DIST, 'chunks')).map((name) => size(join('chunks', name)));
  return {
    entry: size('valetkey.cjs'),
    program: size('program.js'),
    loadedWhenNeeded: chunks.reduce((sum, chunk) => sum + chunk, 0),
    cedar: size('cedar_wasm_bg.wasm'),
  };
}

function packageJson(): { readonly dependencies?: object } {
  return JSON.parse(readFileSync('package.json', 'utf8')) as { readonly dependencies?: object };
}
