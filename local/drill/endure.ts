import { setTimeout as sleep } from 'node:timers/promises';
import type { Vended } from '../demo-clients.ts';
import { expect } from '../demo-story.ts';
import type { Fault, Target } from '../faults/fault.ts';
import { areDead, people, READ, type Scene, statusOf, until, use } from './scene.ts';

/** What happened while something was broken. */
export type Endured = {
  readonly name: string;
  /** What the broker answered meanwhile. */
  readonly during: string;
  /** From the end of the fault until the keys of what was revoked were refused. */
  readonly seconds: number;
};

/**
 * A revocation and a request while the fault lasts. Whatever they are answered: afterwards the revoked keys die, the other
 * grant is there with keys that work, and what was said to be revoked was.
 */
export async function endure(scene: Scene, target: Target, fault: Fault): Promise<Endured> {
  const { clients } = scene;
  const { ana } = people(scene);
  const kept = await vendNow(scene);
  const doomed = await vendNow(scene);
  await fault.begin(target);
  let [revoked, vended] = [0, 0];
  try {
    revoked = await answerTo(clients.send('POST', revokePath(doomed), await ana(), REASON));
    vended = await answerTo(clients.send('POST', '/v1/credentials', await ana(), READ));
    await checkHonest(scene, doomed);
  } finally {
    await fault.end(target);
  }
  const endedAt = Date.now();
  await until('the revocation is taken', async () => {
    const answer = await answerTo(clients.send('POST', revokePath(doomed), await ana(), REASON));
    return answer < 500 && answer !== 0;
  });
  await until('its keys are refused', () => areDead(scene, doomed));
  const seconds = (Date.now() - endedAt) / 1000;
  await until('it says so', async () => (await statusOf(scene, doomed.grant.id)) === 'revoked');
  await until('the other grant is there', async () => {
    return (await statusOf(scene, kept.grant.id)) === 'active';
  });
  await use(scene, kept);
  expect(true, 'the keys that were revoked are dead, the others work, and every grant is there');
  const during = `revoke ${revoked || 'unanswered'}, vend ${vended || 'unanswered'}`;
  scene.story.detail(during);
  return { name: fault.name, during, seconds };
}

const REASON = { reason: 'a drill' };

function revokePath({ grant }: Vended): string {
  return `/v1/grants/${grant.id}/revoke`;
}

/** A role that was frozen for the fault before thaws within minutes. */
async function vendNow(scene: Scene): Promise<Vended> {
  const { ana } = people(scene);
  let made: Vended | null = null;
  await until('credentials are vended', async () => {
    const answer = await scene.clients.send('POST', '/v1/credentials', await ana(), READ);
    if (answer.status !== 200) return false;
    made = (await answer.json()) as Vended;
    return true;
  });
  return made as unknown as Vended;
}

/** A frozen broker answers nobody. */
const PATIENCE_MS = 8000;

/** @returns the status; 0 where there was no answer. */
async function answerTo(call: Promise<Response>): Promise<number> {
  return (await answered(call))?.status ?? 0;
}

function answered(call: Promise<Response>): Promise<Response | null> {
  const patience = sleep(PATIENCE_MS, null, { ref: false });
  return Promise.race([call.catch(() => null), patience]);
}

/** What the broker says while it is broken is true: revoked keys are dead. A broker that says nothing is honest. */
async function checkHonest(scene: Scene, { grant, credentials }: Vended): Promise<void> {
  const zoe = await people(scene).zoe();
  const answer = await answered(scene.clients.send('GET', `/v1/grants/${grant.id}`, zoe));
  if (answer?.status !== 200) return;
  const { status } = (await answer.json()) as { readonly status: string };
  if (status !== 'revoked') return;
  expect(await areDead(scene, { grant, credentials }), 'it says revoked, and the keys are dead');
}
