import { codeOf, Failure } from '../failure.ts';

type Env = Readonly<Record<string, string | undefined>>;

/**
 * The OIDC token of a job of GitHub Actions; null if the job may not ask for one.
 *
 * @throws Failure if GitHub does not answer with a token.
 * @see https://docs.github.com/actions/reference/security/oidc
 */
export async function githubToken(audience: string, env: Env): Promise<string | null> {
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
