import type { LocalState } from '../local/state-folder.ts';

/** A token of the local stack for Ana, who may vend. */
export async function tokenOf({ issuers }: LocalState): Promise<string> {
  const claims = {
    sub: 'ana',
    email: 'ana@acme.example',
    groups: ['platform'],
    exp: Math.floor(Date.now() / 1000) + 3600,
  };
  const answer = await fetch(`${issuers['people']}/dev/token`, {
    method: 'POST',
    body: JSON.stringify(claims),
  });
  return ((await answer.json()) as { readonly token: string }).token;
}
