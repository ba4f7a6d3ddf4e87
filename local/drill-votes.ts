import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { BUCKET, type Vended } from './demo-clients.ts';
import { expect } from './demo-story.ts';
import { tenMails } from './drill-bombing.ts';
import {
  figuresWhen,
  hasSignal,
  type Json,
  type Scene,
  secondsSince,
  TABLE,
} from './drill-scene.ts';

/** The third part of the drill: an approver who wants peace, what that gives, and one who reads. */

/** As many as raise the signals. */
const VOTES = 10;
const FAST_VOTES = 3;
const FAST_MS = 10_000;

/** What the thief has in the end: keys, grants, and a request that still waits. */
export type Loot = {
  readonly vended: Vended;
  readonly active: readonly string[];
  readonly pending: string;
};

export async function playVotes(scene: Scene, waiting: readonly string[]): Promise<Loot> {
  await playMatchCode(scene);
  const active = await playBurst(scene, waiting);
  const vended = await playLoot(scene, active);
  return { vended, active, pending: await playCoolDown(scene, waiting) };
}

async function playMatchCode({ story, clients, tokens }: Scene): Promise<void> {
  await story.step('Kim says yes to be left alone, where a match code is asked for', async () => {
    const request = { ...TABLE, entitlement: 'database-restore' };
    const asked = await clients.call(201, 'POST', '/v1/grants', tokens.thief, request);
    const path = `/v1/grants/${asked['id']}/approve`;
    const without = await clients.call(400, 'POST', path, tokens.kim);
    story.quote(String(without['detail']));
    const matchCode = asked['matchCode'] === '11' ? '12' : '11';
    const guessed = await clients.call(403, 'POST', path, tokens.kim, { matchCode });
    story.quote(String(guessed['detail']));
    const now = await clients.call(200, 'GET', `/v1/grants/${asked['id']}`, tokens.kim);
    expect(
      now['status'] === 'pending',
      'both times the yes is refused: Kim has to talk to Ana first',
    );
  });
}

async function playBurst(scene: Scene, waiting: readonly string[]): Promise<readonly string[]> {
  const { story, clients, tokens } = scene;
  const active: string[] = [];
  await story.step('Where none is asked for, Kim says yes ten times in a row', async () => {
    const approve = async (id: string): Promise<Json> => {
      const now = await clients.call(200, 'POST', `/v1/grants/${id}/approve`, tokens.kim);
      if (now['status'] === 'active') active.push(id);
      return now;
    };
    for (const id of waiting.slice(0, VOTES - FAST_VOTES)) await approve(id);
    for (let fast = 0; fast < FAST_VOTES; ) {
      const { id } = await clients.call(201, 'POST', '/v1/grants', tokens.thief, TABLE);
      if (tookMs(await approve(String(id))) < FAST_MS) fast += 1;
    }
    const last = Date.now();
    expect(active.length >= VOTES, `${active.length} grants are active`);
    for (const kind of ['fast-votes', 'approver-burst']) {
      const isRaised = `the signal ${kind} about Kim`;
      await figuresWhen(scene, isRaised, (now) => hasSignal(now, kind, 'people:kim'));
      expect(true, `${secondsSince(last)} after the last, ${isRaised} is raised`);
    }
  });
  return active;
}

/** From the request to its vote. */
function tookMs({ createdAt, approvals }: Json): number {
  const { votes } = approvals as { readonly votes: readonly { readonly at: string }[] };
  return Date.parse(votes[0]?.at ?? '') - Date.parse(String(createdAt));
}

async function playLoot(scene: Scene, [id = '']: readonly string[]): Promise<Vended> {
  const { story, clients, tokens } = scene;
  let vended: Vended | undefined;
  await story.step(
    'The thief takes keys: they reach one table, for a quarter of an hour',
    async () => {
      const path = `/v1/grants/${id}/credentials`;
      vended = (await clients.call(200, 'POST', path, tokens.thief)) as unknown as Vended;
      const dynamo = clients.dynamodb(vended.credentials);
      const Item = { id: { S: '4711' } };
      const put = (TableName: string) => dynamo.send(new PutItemCommand({ TableName, Item }));
      const get = (TableName: string) => dynamo.send(new GetItemCommand({ TableName, Key: Item }));
      await story.allowed('dynamodb:PutItem orders', put('orders'));
      await story.allowed('dynamodb:GetItem orders', get('orders'));
      await story.refused('dynamodb:GetItem customers', get('customers'));
      const object = { Bucket: BUCKET, Key: 'releases/2026-11/app.tgz' };
      const read = clients.s3(vended.credentials).send(new GetObjectCommand(object));
      await story.refused('s3:GetObject releases/2026-11/app.tgz', read);
      expect(
        vended.grant.expiresAt !== null,
        `they end by themselves at ${vended.grant.expiresAt}`,
      );
    },
  );
  if (vended === undefined) throw new Error('no keys');
  return vended;
}

async function playCoolDown(scene: Scene, waiting: readonly string[]): Promise<string> {
  const { story, clients, tokens } = scene;
  const [first = '', second = '', third = '', fourth = ''] = waiting.slice(VOTES - FAST_VOTES);
  await story.step('Lee reads before voting, and says no three times', async () => {
    for (const id of [first, second, third]) {
      const comment = { comment: 'Which order?' };
      await clients.call(200, 'POST', `/v1/grants/${id}/deny`, tokens.lee, comment);
    }
    const answer = await clients.send('POST', '/v1/grants', tokens.thief, TABLE);
    const refused = (await answer.json()) as Json;
    expect(
      answer.status === 429 && refused['limit'] === 'coolDown',
      `the next request is refused (429): coolDown; Retry-After: ${answer.headers.get('retry-after')}`,
    );
    tenMails(scene, waiting);
  });
  return fourth;
}
