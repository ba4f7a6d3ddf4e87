import { sizeOf } from '../core/ledger/checkpoint.ts';
import { decodeBundle, TILE_WIDTH, tilePath } from '../core/ledger/tiles.ts';
import { expect } from './demo-story.ts';
import { figuresWhen, type Json, type Scene, until } from './drill-scene.ts';

/** The last part of the drill: what is on record. */

export async function playRecords(scene: Scene): Promise<void> {
  const { story } = scene;
  await story.step('The figures show it', async () => {
    const now = await figuresWhen(
      scene,
      'the figures have the suspension and the revocation',
      ({ suspended, timeToRevokeMs }) => suspended === 1 && timeToRevokeMs.count > 0,
    );
    const { outcomes, signals, timeToRevokeMs } = now;
    expect(
      true,
      `${outcomes.deny} denied, ${outcomes.approve} left to people, 1 principal suspended`,
    );
    expect(
      timeToRevokeMs.max !== null,
      `time to revoke: ${((timeToRevokeMs.max ?? 0) / 1000).toFixed(1)} s`,
    );
    const raised = signals.map(({ kind, principal }) => `${kind} ${principal.id}`);
    for (const line of raised.toSorted()) story.detail(line);
  });

  await story.step('The ledger has every event of it', async () => {
    const grants = await allOf(scene, '/v1/grants?requester=people%3Aana&limit=100', 'grants');
    const wanted: string[] = [];
    for (const { id } of grants) {
      const events = await allOf(scene, `/v1/grants/${id}/events?limit=200`, 'events');
      wanted.push(...events.map((event) => String(event['id'])));
    }
    const entries = await until('the ledger has every event', async () => {
      const found = await entriesOf(scene);
      const ids = new Set(found.map((entry) => entry['id']));
      return wanted.every((id) => ids.has(id)) ? found : null;
    });
    expect(true, `${grants.length} grants and requests: all ${wanted.length} events are entries`);
    for (const type of ['principal-refused', 'signal-raised', 'principal-suspended']) {
      const count = entries.filter((entry) => entry['type'] === type).length;
      expect(count > 0, `${type}: ${count}`);
    }
  });
}

/** Every page of a list, as security reads it. */
async function allOf(
  { clients, tokens }: Scene,
  path: string,
  member: string,
): Promise<readonly Json[]> {
  const all: Json[] = [];
  let cursor = '';
  do {
    const page = await clients.call(200, 'GET', `${path}${cursor}`, tokens.zoe);
    all.push(...(page[member] as readonly Json[]));
    const next = page['nextCursor'];
    cursor = next === null ? '' : `&cursor=${encodeURIComponent(String(next))}`;
  } while (cursor !== '');
  return all;
}

/** What the log has, read as whoever may audit reads it. */
async function entriesOf({ clients, tokens }: Scene): Promise<readonly Json[]> {
  const file = async (path: string): Promise<Uint8Array> => {
    const answer = await clients.send('GET', `/v1/audit/ledger/${path}`, tokens.zoe);
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status}`);
    return new Uint8Array(await answer.arrayBuffer());
  };
  const size = sizeOf(Buffer.from(await file('checkpoint')).toString());
  const found: Json[] = [];
  for (let index = 0; index * TILE_WIDTH < size; index += 1) {
    const width = Math.min(TILE_WIDTH, size - index * TILE_WIDTH);
    const bundle = decodeBundle(await file(tilePath({ level: 'entries', index, width })));
    if (!bundle.ok) throw new Error('a bundle of entries is damaged');
    found.push(...bundle.value.map((entry) => JSON.parse(Buffer.from(entry).toString()) as Json));
  }
  return found;
}
