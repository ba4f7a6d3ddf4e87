import type { Vended } from '../demo-clients.ts';
import { expect } from '../demo-story.ts';
import type { Before } from './before.ts';
import { people, READ, type Scene, statusOf, TABLE, until, untilRecorded } from './scene.ts';

/** What happens after the backup, of which the restored table knows nothing. */
export type After = {
  /** A grant that only the ledger knows. */
  readonly isNew: Vended;
  /** It had ended by itself before the disaster. */
  readonly expired: string;
  /** Approved after the backup. */
  readonly approved: string;
  readonly bobs: Vended;
  /** The signed state of the ledger before the disaster. */
  readonly checkpoint: string;
  /** When the last of it happened. */
  readonly at: number;
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
  const at = Date.now();
  const checkpoint = await untilRecorded(scene, short.grant.id);
  return { isNew, expired: short.grant.id, approved, bobs, checkpoint, at };
}
