import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { codeOf, Failure, UsageError } from '../failure.ts';
import { type CiSystem, ciSystem, noToken } from './system.ts';

type Env = Readonly<Record<string, string | undefined>>;

export type TokenWish = {
  /**
   * Ours to say, never the broker's: a broker that could choose it would get tokens that open
   * something else.
   */
  readonly audience: string;
  readonly file: string | undefined;
};

/** The OIDC token of the job that we run in, by each system's own way. */
export async function jobToken({ audience, file }: TokenWish, env: Env): Promise<string> {
  if (file !== undefined) return tokenIn(file);
  if (env['VALETKEY_TOKEN']) return env['VALETKEY_TOKEN'];
  const system = ciSystem(env);
  const token = await TOKENS[system](audience, env);
  if (token === null || token === '') throw noToken(system, audience);
  return token;
}

const TOKENS: Readonly<Record<CiSystem, (audience: string, env: Env) => Promise<string | null>>> = {
  github: githubToken,
  // https://docs.gitlab.com/ci/secrets/id_token_authentication/: in the variable that the job names.
  gitlab: async () => null,
  // https://buildkite.com/docs/agent/v3/cli-oidc: ids, which nobody can register again, only if asked for.
  buildkite: (audience) =>
    printed('buildkite-agent', [
      ...['oidc', 'request-token', '--audience', audience],
      ...['--claim', 'organization_id,pipeline_id,build_id'],
    ]),
  // https://circleci.com/docs/openid-connect-tokens/: a token with an audience of our own.
  circleci: (audience) =>
    printed('circleci', ['run', 'oidc', 'get', '--claims', JSON.stringify({ aud: audience })]),
  other: async () => null,
};

/** @see https://docs.github.com/actions/reference/security/oidc (requesting the token) */
async function githubToken(audience: string, env: Env): Promise<string | null> {
  const url = env['ACTIONS_ID_TOKEN_REQUEST_URL'];
  const bearer = env['ACTIONS_ID_TOKEN_REQUEST_TOKEN'];
  if (!url || !bearer) return null;
  const answer = await fetch(`${url}&audience=${encodeURIComponent(audience)}`, {
    headers: { authorization: `Bearer ${bearer}`, accept: 'application/json' },
    signal: AbortSignal.timeout(20_000),
  }).catch((error: unknown) => {
    throw new Failure(
      'unreachable',
      `GitHub's token service does not answer (${codeOf(error) || 'fetch failed'}).`,
    );
  });
  const body = (await answer.json().catch(() => null)) as { readonly value?: unknown } | null;
  if (answer.ok && typeof body?.value === 'string') return body.value;
  throw new Failure('unreachable', `GitHub's token service answered ${answer.status}.`);
}

function tokenIn(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new UsageError(`The token file ${file} cannot be read (${codeOf(error)}).`);
  }
}

/** What the system's own program prints; null where it is not there, or fails. */
function printed(program: string, args: readonly string[]): Promise<string | null> {
  return new Promise((resolve) => {
    execFile(program, args, { timeout: 20_000 }, (error, out) =>
      resolve(error === null ? out.trim() : null),
    );
  });
}

/** Until when a token is good, in seconds since the epoch; null where it does not say. */
export function tokenEnd(token: string): number | null {
  try {
    const [, payload = ''] = token.split('.');
    const { exp } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { exp?: unknown };
    return typeof exp === 'number' ? exp : null;
  } catch {
    return null;
  }
}
