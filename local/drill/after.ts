import type { Vended } from '../demo-clients.ts';
import { expect } from '../demo-story.ts';
import type { Before } from './before.ts';
import {
  eventsOf,
  people,
  READ,
  type Scene,
  statusOf,
  TABLE,
  until,
  untilRecorded,
} from './scene.ts';

/** What happens after the backup, of which the restored table knows nothing. */
export type After = {
  /** A grant that only the ledger knows. */
  readonly isNew: Vended;
  /** It had ended by itself before the disaster. */
  readonly expired: string;
  /** Approved after the backup. */
  readonly approved: string;
  readonly bobs: Vended;
  /** The ids of all events, by grant. */
  readonly trails: ReadonlyMap<string, readonly string[]>;
};

export async function playAfter(scene: Scene, before: Before): Promise<After> {
  const { clients } = scene;
  const { ana, bob, kim, zoe } = people(scene);
  const short = await clients.vend(await ana(), { ...READ, durationSeconds: 3 });
  const isNew = await clients.vend(await ana(), READ);
  const bobs = await clients.vend(await bob(), READ);
  const { id } = await clients.call(201, 'POST', '/v1/grants', await ana(), TABLE);
  const approved = String(id);
  await clients.call(200, 'POST', `/v1/grants/${approved}/approve`, await kim(), {
    comment: 'go ahead',
  });
  await clients.call(200, 'POST', `/v1/grants/${before.endsLater.grant.id}/revoke`, await ana(), {
    reason: 'done',
  });
  await clients.call(200, 'POST', '/v1/principals/people%3Abob/suspend', await zoe(), {
    reason: 'token leaked',
  });
  const ended = [before.endsLater.grant.id, bobs.grant.id];
  await until('their keys are denied', async () => {
    const statuses = await Promise.all(ended.map((one) => statusOf(scene, one)));
    return statuses.every((status) => status === 'revoked');
  });
  await until('the short grant has expired', async () => {
    return (await statusOf(scene, short.grant.id)) === 'expired';
  });
  expect((await statusOf(scene, approved)) === 'active', 'Kim approved a request');
  const { active, pending, scheduled, breakGlass, revoked } = before;
  const vended = [active, before.endsLater, breakGlass, revoked, short, isNew, bobs];
  const all = [...vended.map(({ grant }) => grant.id), pending, scheduled, approved];
  for (const id of all) await untilRecorded(scene, id);
  const trails = new Map<string, readonly string[]>();
  for (const id of all) trails.set(id, await eventsOf(scene, id));
  return { isNew, expired: short.grant.id, approved, bobs, trails };
}
