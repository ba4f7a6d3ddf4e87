import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { expect } from './demo-story.ts';
import { oneMailEach } from './drill-asking.ts';
import { type Scene, secondsSince, TABLE, until } from './drill-scene.ts';
import type { Loot } from './drill-votes.ts';

/** The fourth part of the drill: the person whose token was stolen ends it. */

const APPROVED = 'Your request was approved';
const SUSPENDED = 'A principal suspended itself';

export async function playNotMe(scene: Scene, loot: Loot): Promise<void> {
  const { story, clients, mailbox, tokens } = scene;
  const { vended, active, pending } = loot;
  const use = () => {
    const Item = { id: { S: '4711' } };
    const command = new PutItemCommand({ TableName: 'orders', Item });
    return clients.dynamodb(vended.credentials).send(command);
  };

  await story.step('Ana reads her mail, and says: this was not me', async () => {
    const { message } = await mailbox.until('requesters', APPROVED);
    const line = message.split('\n').find((one) => one.startsWith('Not you?')) ?? '';
    expect(line.includes('valetkey suspend me'), `the mail “${APPROVED}” tells her how`);
    story.quote(line.replace(/\s+/g, ' '));
    await story.allowed('dynamodb:PutItem orders with the thief’s keys', use());
    const begun = Date.now();
    const reason = { reason: 'This was not me' };
    const order = await clients.call(200, 'POST', '/v1/principals/me/suspend', tokens.ana, reason);
    expect(
      Number(order['ended']) > active.length,
      `${order['ended']} grants and requests end, with one call`,
    );
    const after = async (what: string, wait: Promise<unknown>): Promise<void> => {
      await wait;
      expect(true, `after ${secondsSince(begun)} ${what}`);
    };
    await Promise.all([
      after(`security is told “${SUSPENDED}”`, mailbox.until('security', SUSPENDED)),
      after(
        'IAM refuses the keys',
        until('refused', () => isRefused(use())),
      ),
    ]);
    await after(
      'every grant is revoked: the deny was written and read back',
      untilRevoked(scene, active),
    );
    await story.refused('dynamodb:PutItem orders with the thief’s keys', use());
  });

  await story.step('Nothing more is given to the thief', async () => {
    const request = { ...TABLE, entitlement: 'artifacts-read', parameters: { prefix: 'releases' } };
    const asked: readonly (readonly [string, string, object])[] = [
      ['Keys under another grant', `/v1/grants/${active[1]}/credentials`, {}],
      ['What policy allows Ana at once', '/v1/credentials', request],
      ['An end of the suspension', '/v1/principals/people%3Aana/resume', {}],
    ];
    for (const [what, path, body] of asked) {
      const refused = await clients.call(403, 'POST', path, tokens.thief, body);
      expect(refused['title'] === 'Suspended', `${what}: refused (403), because Ana is suspended`);
    }
    await clients.call(409, 'POST', `/v1/grants/${pending}/approve`, tokens.kim);
    expect(true, 'Kim’s late yes: refused (409), because the request was cancelled');
    oneMailEach(scene);
  });
}

/** Whether IAM refuses a call; null while it allows it. */
async function isRefused(call: Promise<unknown>): Promise<true | null> {
  return call.then(
    () => null,
    (error: Error) => {
      if (!error.name.startsWith('AccessDenied')) throw error;
      return true;
    },
  );
}

async function untilRevoked({ clients, tokens }: Scene, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    await until(`${id} is revoked`, async () => {
      const { status } = await clients.call(200, 'GET', `/v1/grants/${id}`, tokens.zoe);
      return status === 'revoked' ? true : null;
    });
  }
}
