import { randomUUID } from 'node:crypto';
import type { Grant } from '../../dashboard/api/types.ts';
import { stack, tokenFor } from '../e2e/support.ts';

/** What people do beside the page, over HTTP, on the stack that the page is served by. */

/** A name that no other test has. */
export function someone(name: string): string {
  return `${name}-${randomUUID().slice(0, 8)}`;
}

export async function tokenOf(user: string, groups: readonly string[]): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const claims = { sub: user, email: `${user}@acme.example`, groups, amr: ['mfa'], auth_time: now };
  return tokenFor('people', claims);
}

/** @throws Error with the problem, if the call is refused */
export async function send<T = Grant>(token: string, path: string, body: object = {}): Promise<T> {
  const answer = await fetch(`${stack().apiUrl}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });
  const json = (await answer.json()) as T;
  if (!answer.ok) throw new Error(`${path}: ${JSON.stringify(json)}`);
  return json;
}

/** A request that somebody has to approve. */
export function askForTable(token: string, justification: string): Promise<Grant> {
  return send(token, '/v1/grants', {
    entitlement: 'database-admin',
    parameters: { table: 'orders' },
    durationSeconds: 900,
    justification,
  });
}

/** A grant that begins at once. */
export function takeArtifacts(token: string): Promise<Grant> {
  return send(token, '/v1/grants', {
    entitlement: 'artifacts-read',
    parameters: { prefix: 'releases/1' },
    durationSeconds: 900,
    justification: 'Roll back 4711',
  });
}
