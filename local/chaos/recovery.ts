import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Json, Keys, Person } from './answer.ts';
import type { Client } from './client.ts';
import type { History } from './history.ts';
import type { KeysInUse } from './keys-in-use.ts';
import type { Known } from './known.ts';

/** How long it takes until the broker does everything again that it promises. */

/**
 * What the documentation promises after a fault: two passes of the sweep, which runs every two minutes, and the minute
 * after which it finishes what others have begun.
 */
export const PROMISED_MS = 300_000;

/** An end that was ordered less than this ago is under way. */
const AT_ONCE_MS = 10_000;

const SECURITY: Person = { sub: 'zoe', groups: ['security'] };

export type Scene = {
  readonly client: Client;
  readonly known: Known;
  readonly keys: KeysInUse;
  readonly history: History;
};

/** @returns how long it took. Past the promise it is a violation, and after one nobody waits for anything. */
export async function untilRecovered(scene: Scene, fault: string): Promise<number> {
  const begun = Date.now();
  let last = '';
  while (Date.now() < begun + PROMISED_MS) {
    if (scene.history.violations.size > 0) return Date.now() - begun;
    const wrong = (await wrongInWholeLife(scene)) ?? (await stillOverdue(scene));
    if (wrong === null) return Date.now() - begun;
    if (wrong !== last) scene.history.note('all', `not recovered from ${fault} yet: ${wrong}`);
    last = wrong;
    await sleep(1000);
  }
  scene.history.violation('all', `it has not recovered from ${fault}: ${last}`);
  return Date.now() - begun;
}

/** The life of a grant from the request to the dead key, in one piece. @returns what does not work */
async function wrongInWholeLife({ client, known, keys }: Scene): Promise<string | null> {
  const owner: Person = { sub: `canary-${randomUUID().slice(0, 8)}`, groups: ['platform'] };
  const body = {
    ...{ entitlement: 'artifacts-read', parameters: { prefix: 'releases/2026-11' } },
    ...{ durationSeconds: 900, justification: 'chaos: does everything work?' },
  };
  const vended = await client.call(owner, 'POST', '/v1/credentials', { body });
  if (vended.status !== 200) return `a vend answers ${vended.status}`;
  const { grant, credentials } = vended.body as {
    readonly grant: Json;
    readonly credentials: Keys;
  };
  const found = known.see(owner, grant, vended);
  known.vended(found, credentials, vended);
  if (!(await keys.live(found))) return 'new keys are refused';
  found.endAsked = true;
  const ended = await client.call(owner, 'POST', `/v1/grants/${found.id}/revoke`, { body: {} });
  if (ended.status !== 200) return `a revocation answers ${ended.status}`;
  found.endedAt = ended.ended;
  for (let tries = 0; tries < 60; tries += 1) {
    const read = await client.call(owner, 'GET', `/v1/grants/${found.id}`);
    if (read.status === 200) known.see(owner, read.body, read);
    if (found.deadAt !== null) return (await keys.live(found)) ? 'revoked keys work' : null;
    await sleep(500);
  }
  return 'a revocation is not carried out';
}

/** Looks again at what should have ended by now. @returns what has not */
async function stillOverdue({ client, known, keys }: Scene): Promise<string | null> {
  const at = Date.now() - AT_ONCE_MS;
  for (const grant of known.overdue(at)) {
    const read = await client.call(SECURITY, 'GET', `/v1/grants/${grant.id}`);
    if (read.status !== 200) return `${grant.id} cannot be read (${read.status})`;
    known.see(grant.owner, read.body, read);
  }
  const left = known.overdue(at);
  const [first] = left;
  if (first === undefined) return null;
  const alive = (await keys.live(first)) ? 'its keys work' : 'its keys are dead';
  return `${left.length} grants have not ended, such as ${first.id}, which is ${first.status}; ${alive}`;
}
