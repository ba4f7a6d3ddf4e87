import { expect } from '../demo-story.ts';
import type { After } from './after.ts';
import type { Before } from './before.ts';
import { valetkey } from './operator.ts';
import { areDead, eventsOf, people, READ, type Scene, statusOf, until, use } from './scene.ts';

/** While it is in quarantine: nothing is given, and everything can be ended. */
export async function checkQuarantine(scene: Scene, { active }: Before): Promise<void> {
  const { clients, story } = scene;
  const { ana, zoe } = people(scene);
  const refused = await clients.call(503, 'POST', '/v1/credentials', await ana(), READ);
  story.quote(String(refused['detail']));
  await clients.call(503, 'POST', `/v1/grants/${active.grant.id}/credentials`, await ana());
  expect(true, 'nobody gets keys: neither for a new grant nor for one that runs');
  const listed = await clients.call(200, 'GET', '/v1/grants?limit=5', await zoe());
  expect(Array.isArray(listed['grants']), 'reads are answered');
}

/** The same after every disaster: no key lives that should be dead, no grant is lost, no second log, status is honest. */
export async function checkRecovered(scene: Scene, before: Before, after: After): Promise<void> {
  const { clients, story } = scene;
  const { ana, bob, eve, kim } = people(scene);
  const dead = {
    'revoked before the backup': before.revoked,
    'revoked after the backup': before.endsLater,
    'of somebody suspended after the backup': after.bobs,
    'vended before the backup, for a grant that goes on': before.active,
    'vended after the backup, of which the table knew nothing': after.isNew,
  };
  for (const [which, vended] of Object.entries(dead)) {
    await story.refused(`s3:GetObject with keys ${which}`, use(scene, vended));
  }
  for (const [name, token] of [
    ['Bob', await bob()],
    ['Eve', await eve()],
  ] as const) {
    const answer = await clients.send('POST', '/v1/credentials', token, READ);
    const { detail } = (await answer.json()) as { readonly detail?: string };
    if (answer.status !== 403) throw new Error(`${name}: ${answer.status} ${detail}`);
    expect(true, `${name} is suspended still`);
  }
  const statuses: Readonly<Record<string, string>> = {
    [before.revoked.grant.id]: 'revoked',
    [before.endsLater.grant.id]: 'revoked',
    [after.bobs.grant.id]: 'revoked',
    [after.expired]: 'expired',
    [before.pending]: 'pending',
    [before.scheduled]: 'scheduled',
    [before.active.grant.id]: 'active',
    [after.isNew.grant.id]: 'active',
    [after.approved]: 'active',
  };
  for (const [id, status] of Object.entries(statuses)) {
    const found = await statusOf(scene, id);
    if (found !== status) throw new Error(`Not true: ${id} is ${status} (it is ${found})`);
  }
  expect(true, `all ${Object.keys(statuses).length} grants have the status that they had`);
  for (const id of [before.active.grant.id, after.isNew.grant.id]) {
    const credentials = await vendAgain(scene, id, await ana());
    const keys = { credentials, grant: before.active.grant };
    expect(!(await areDead(scene, keys)), `${id} goes on with new keys`);
  }
  await clients.call(200, 'POST', `/v1/grants/${before.pending}/approve`, await kim(), {});
  expect((await statusOf(scene, before.pending)) === 'active', 'the request takes its vote');
}

/** Two people of the security team end the quarantine. */
export async function openAgain(scene: Scene): Promise<void> {
  const { clients } = scene;
  const { ana, bob, zoe, max } = people(scene);
  await clients.call(503, 'POST', '/v1/credentials', await ana(), READ);
  expect(true, 'a deployment without the flag does not end it');
  for (const person of [zoe, max]) {
    await clients.call(200, 'POST', '/v1/quarantine/release', await person(), {
      comment: 'checked',
    });
  }
  // Lambdas have read the record up to two seconds ago.
  await until('the broker decides on requests again', async () => {
    const answer = await clients.send('POST', '/v1/credentials', await bob(), READ);
    return answer.status !== 503;
  });
}

/** Events that the trails had before the disaster, and how many of them are gone, or there twice. */
export async function lostEvents(scene: Scene, { trails }: After) {
  let [events, gone] = [0, 0];
  for (const [grantId, ids] of trails) {
    const found = await eventsOf(scene, grantId);
    events += ids.length;
    gone += ids.filter((id) => found.filter((one) => one === id).length !== 1).length;
  }
  return { events, gone };
}

/** A role vends nothing until its cutoff has passed. */
async function vendAgain(scene: Scene, id: string, token: string) {
  let found: unknown = null;
  await until(`${id} vends again`, async () => {
    const answer = await scene.clients.send('POST', `/v1/grants/${id}/credentials`, token);
    if (answer.status === 503) return false;
    const body = (await answer.json()) as { readonly credentials?: unknown; detail?: string };
    if (answer.status !== 200) throw new Error(`${id}: ${answer.status} ${body.detail}`);
    found = body.credentials;
    return true;
  });
  return found as Before['active']['credentials'];
}

/** One log, which begins with what was signed before the disaster. The command remembers that. */
export async function checkLedger(scene: Scene): Promise<void> {
  const verified = await valetkey(scene, ['audit', 'verify', '--json']);
  if (verified.code !== 0) throw new Error(`The ledger does not verify: ${verified.stderr}`);
  const { size } = JSON.parse(verified.stdout) as { readonly size: number };
  expect(true, `the ledger verifies, all ${size} entries, and goes on from what was seen before`);
}
