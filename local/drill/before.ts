import type { Vended } from '../demo-clients.ts';
import { expect } from '../demo-story.ts';
import { people, READ, type Scene, statusOf, TABLE, until, untilRecorded, use } from './scene.ts';

/** What there is when the backup is made: a grant of every kind. */
export type Before = {
  /** Ana uses it, before the backup and after the recovery. */
  readonly active: Vended;
  /** Ends after the backup, with keys that live on. */
  readonly endsLater: Vended;
  readonly pending: string;
  readonly scheduled: string;
  readonly breakGlass: Vended;
  /** Ended before the backup: IAM denies its keys. */
  readonly revoked: Vended;
};

export async function playBefore(scene: Scene): Promise<Before> {
  const { clients, story } = scene;
  const { ana, eve, ivy, zoe } = people(scene);
  // An earlier round suspended them.
  for (const id of ['people%3Aeve', 'people%3Abob']) {
    await clients.call(200, 'POST', `/v1/principals/${id}/resume`, await zoe(), {
      reason: 'a drill',
    });
  }
  const [active, endsLater, revoked] = await Promise.all([
    clients.vend(await ana(), READ),
    clients.vend(await ana(), READ),
    clients.vend(await ana(), READ),
  ]);
  const { id: pending } = await clients.call(201, 'POST', '/v1/grants', await ana(), TABLE);
  const startsAt = new Date(Date.now() + 3_600_000).toISOString();
  const later = await clients.call(201, 'POST', '/v1/grants', await ana(), { ...READ, startsAt });
  const breakGlass = await clients.vend(await ivy(), {
    ...{ entitlement: 'break-glass', durationSeconds: 900 },
    ...{ ticket: 'INC-4711', justification: 'Checkout is down' },
  });
  await clients.vend(await eve(), READ);
  await clients.call(200, 'POST', '/v1/principals/people%3Aeve/suspend', await zoe(), {
    reason: 'laptop lost',
  });
  await clients.call(200, 'POST', `/v1/grants/${revoked.grant.id}/revoke`, await ana(), {
    reason: 'done',
  });
  await until('the kill switch has denied it', async () => {
    return (await statusOf(scene, revoked.grant.id)) === 'revoked';
  });
  await story.refused('s3:GetObject with the keys that were revoked', use(scene, revoked));
  expect((await statusOf(scene, String(pending))) === 'pending', 'a request waits for a vote');
  expect((await statusOf(scene, String(later['id']))) === 'scheduled', 'one begins in an hour');
  await untilRecorded(scene, revoked.grant.id);
  return {
    ...{ active, endsLater, breakGlass, revoked },
    pending: String(pending),
    scheduled: String(later['id']),
  };
}
