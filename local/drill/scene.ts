import { setTimeout as sleep } from 'node:timers/promises';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { LEASE_SECONDS } from '../../core/kill/converge.ts';
import { BUCKET, DemoClients, type Vended } from '../demo-clients.ts';
import type { Story } from '../demo-story.ts';
import type { LocalStack } from '../stack.ts';
import { Root } from './root.ts';

/** Who takes part in the drill of a bad day, and what its parts share. */

export type Scene = {
  readonly story: Story;
  readonly stack: LocalStack;
  readonly stateDir: string;
  readonly clients: DemoClients;
  /** The account's root: what breaks things, and what an operator repairs them with. */
  readonly root: Root;
  readonly signal: AbortSignal;
};

export type Json = Readonly<Record<string, unknown>>;

export const READ = {
  entitlement: 'artifacts-read',
  parameters: { prefix: 'releases/2026-11' },
  durationSeconds: 1800,
  justification: 'Roll back release 4711',
};

export const TABLE = {
  entitlement: 'database-admin',
  parameters: { table: 'orders' },
  durationSeconds: 900,
  justification: 'Fix order 4711',
};

const MFA = { amr: ['mfa'] };

/** A new token each time: the drill lasts longer than one. */
export function people({ clients }: Pick<Scene, 'clients'>) {
  return {
    ana: () => clients.person('ana', ['platform', 'developers'], MFA),
    bob: () => clients.person('bob', ['platform']),
    eve: () => clients.person('eve', ['platform']),
    ivy: () => clients.person('ivy', ['incident-commanders'], MFA),
    kim: () => clients.person('kim', ['database']),
    zoe: () => clients.person('zoe', ['security']),
    max: () => clients.person('max', ['security']),
  };
}

export function openScene(shared: Omit<Scene, 'clients' | 'root'>): Scene {
  const { stack, signal } = shared;
  return {
    ...shared,
    clients: new DemoClients(stack.state, signal),
    root: new Root(stack.state),
  };
}

/** What the keys are for. */
export function use({ clients }: Scene, { credentials }: Vended): Promise<unknown> {
  const Key = 'releases/2026-11/app.tgz';
  return clients.s3(credentials).send(new GetObjectCommand({ Bucket: BUCKET, Key }));
}

/** Whether IAM refuses the keys. @throws every other error */
export async function areDead(scene: Scene, vended: Vended): Promise<boolean> {
  try {
    await use(scene, vended);
    return false;
  } catch (error) {
    if (error instanceof Error && error.name.startsWith('AccessDenied')) return true;
    throw error;
  }
}

export async function statusOf(scene: Scene, grantId: string): Promise<string> {
  const zoe = await people(scene).zoe();
  return String((await scene.clients.call(200, 'GET', `/v1/grants/${grantId}`, zoe))['status']);
}

/** The ids of the events of a grant, oldest first. */
export async function eventsOf(scene: Scene, grantId: string): Promise<readonly string[]> {
  const zoe = await people(scene).zoe();
  const path = `/v1/grants/${grantId}/events?limit=200`;
  const { events } = await scene.clients.call(200, 'GET', path, zoe);
  return (events as readonly { readonly id: string }[]).map(({ id }) => id);
}

/** By how much clocks are wrong, at most. */
export const CLOCK_SECONDS = 120;

/** A kill Lambda that was stopped in the middle leaves a lease: by a clock that is fast, it lasts longer by as much. */
const PATIENCE_MS = (CLOCK_SECONDS + LEASE_SECONDS + 30) * 1000;

/** Looks until it is so. @throws Error with `what` if it never is. */
export async function until(
  what: string,
  isSo: () => Promise<boolean>,
  everyMs = 250,
): Promise<void> {
  for (const begun = Date.now(); Date.now() < begun + PATIENCE_MS; await sleep(everyMs)) {
    if (await isSo()) return;
  }
  throw new Error(`Not within ${PATIENCE_MS / 1000} s: ${what}`);
}

/** Every event of the grant so far is in a signed checkpoint. */
export async function untilRecorded(scene: Scene, grantId: string): Promise<void> {
  const { clients } = scene;
  const zoe = await people(scene).zoe();
  const path = `/v1/grants/${grantId}/events`;
  const last = (await eventsOf(scene, grantId)).at(-1);
  await until('the last event is in the ledger', async () => {
    const answer = await clients.send('GET', `${path}/${last}/proof`, zoe);
    return answer.status === 200;
  });
}
