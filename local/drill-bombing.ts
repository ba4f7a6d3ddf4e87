import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from './demo-story.ts';
import { type Json, type Scene, secondsSince, TABLE, until } from './drill-scene.ts';

/** The second part of the drill: more requests than anybody reads. */

const HOUR_MS = 3_600_000;
/** Mails are counted by the hour of the clock, so the requests of the drill wait where two hours would share them. */
const NEAR_ITS_END_MS = 120_000;

const ASKS = 'A request waits for your vote';
const MANY = 'Many requests of one principal ask for votes';
const YOURS = 'Many of your requests ask for votes';

/** Returns the ids of what waits for votes afterwards. */
export async function playBombing(scene: Scene): Promise<readonly string[]> {
  const { story, clients, mailbox, tokens, signal } = scene;
  const waiting: string[] = [];
  const left = HOUR_MS - (Date.now() % HOUR_MS);
  if (left < NEAR_ITS_END_MS) await sleep(left, undefined, { signal });
  await story.step('It bombs the approvers of a production table with requests', async () => {
    const begun = Date.now();
    const ask = () => clients.send('POST', '/v1/grants', tokens.thief, TABLE);
    let answer = await ask();
    while (answer.status === 201) {
      waiting.push(((await answer.json()) as { readonly id: string }).id);
      answer = await ask();
    }
    const refused = (await answer.json()) as Json;
    expect(
      answer.status === 429,
      `${waiting.length} in ${secondsSince(begun)}; the next one is refused (429)`,
    );
    expect(
      refused['limit'] === 'openRequestsPerEntitlement',
      `the limit is openRequestsPerEntitlement; Retry-After: ${answer.headers.get('retry-after')}`,
    );
    const { message, at } = await mailbox.until('security', MANY);
    expect(
      message.includes('valetkey suspend people:ana'),
      `${secondsSince(begun, at)} after the first, security is told “${MANY}”`,
    );
    const own = await mailbox.until('requesters', YOURS);
    expect(
      own.message.includes('valetkey suspend me'),
      `${secondsSince(begun, own.at)} after the first, Ana is told “${YOURS}”`,
    );
    await mailbox.until('approvers', MANY);
    const asked = await until('ten mails to approvers', async () => {
      const mails = mailbox.to('approvers', ASKS).length;
      return mails >= 10 ? mails : null;
    });
    expect(asked === 10, `approvers get ten mails, then one for all others: “${MANY}”`);
  });
  return waiting;
}

/** Once everything else about the requests has been told. */
export function tenMails({ mailbox }: Scene, waiting: readonly string[]): void {
  const asked = waiting.filter((id) => mailbox.to('approvers', id).length > 0).length;
  expect(asked === 10, `approvers still have ten mails about these ${waiting.length} requests`);
}
