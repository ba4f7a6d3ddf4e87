import { readFileSync } from 'node:fs';
import { codeOf, UsageError } from '../failure.ts';
import { githubToken } from './github-token.ts';
import { outputOf } from './output-of.ts';
import { type CiSystem, ciSystem, noToken } from './system.ts';

type Env = Readonly<Record<string, string | undefined>>;

export type TokenOptions = {
  /** Set by the job and never by the broker, which could otherwise obtain tokens for other services. */
  readonly audience: string;
  /** A file with the token, instead of what the CI system offers. */
  readonly file: string | undefined;
};

/**
 * Gets the OIDC token of the current job from the CI system.
 *
 * @throws Failure if the job has none.
 */
export async function jobToken({ audience, file }: TokenOptions, env: Env): Promise<string> {
  if (file !== undefined) return tokenIn(file);
  if (env['VALETKEY_TOKEN']) return env['VALETKEY_TOKEN'];
  const system = ciSystem(env);
  const token = await TOKENS[system](audience, env);
  if (token === null || token === '') throw noToken(system, audience);
  return token;
}

const LIMIT = { timeoutMs: 20_000 };

const TOKENS: Readonly<Record<CiSystem, (audience: string, env: Env) => Promise<string | null>>> = {
  github: githubToken,
  // GitLab puts the token into a variable that the job names: VALETKEY_TOKEN, read above.
  // https://docs.gitlab.com/ci/secrets/id_token_authentication/
  gitlab: async () => null,
  // The token has the immutable ids only if they are requested.
  // https://buildkite.com/docs/agent/v3/cli-oidc
  buildkite: (audience) =>
    outputOf(
      'buildkite-agent',
      [
        'oidc',
        'request-token',
        '--audience',
        audience,
        '--claim',
        'organization_id,pipeline_id,build_id',
      ],
      LIMIT,
    ),
  // The default token has another audience.
  // https://circleci.com/docs/openid-connect-tokens/
  circleci: (audience) =>
    outputOf(
      'circleci',
      ['run', 'oidc', 'get', '--claims', JSON.stringify({ aud: audience })],
      LIMIT,
    ),
  other: async () => null,
};

function tokenIn(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new UsageError(`--token-file: cannot read ${file} (${codeOf(error)}).`);
  }
}

/** When a token expires, in seconds since the epoch; null if it has no `exp`. */
export function tokenEnd(token: string): number | null {
  try {
    const [, payload = ''] = token.split('.');
    const { exp } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { exp?: unknown };
    return typeof exp === 'number' ? exp : null;
  } catch {
    return null;
  }
}
