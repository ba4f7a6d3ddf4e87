import type { LocalState } from '../local/state-folder.ts';

/** A token of the local stack for Ana, who may vend. */
export function tokenOf(state: LocalState): Promise<string> {
  return tokenFor(state, 'people', { sub: 'ana', email: 'ana@acme.example', groups: ['platform'] });
}

/** A token of the local stack for a job of the repository that deploys the shop. */
export function tokenOfJob(state: LocalState, run: number): Promise<string> {
  return tokenFor(state, 'github', {
    sub: 'repo:acme/shop:ref:refs/heads/main',
    repository: 'acme/shop',
    repository_owner_id: '1001',
    repository_id: '2002',
    ref: 'refs/heads/main',
    ref_protected: 'true',
    event_name: 'push',
    run_id: String(run),
  });
}

async function tokenFor(
  { issuers }: LocalState,
  issuer: string,
  claims: Readonly<Record<string, unknown>>,
): Promise<string> {
  const exp = Math.floor(Date.now() / 1000) + 3600;
  const answer = await fetch(`${issuers[issuer]}/dev/token`, {
    method: 'POST',
    body: JSON.stringify({ ...claims, exp }),
  });
  return ((await answer.json()) as { readonly token: string }).token;
}
