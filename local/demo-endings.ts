import { setTimeout as sleep } from 'node:timers/promises';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { BUCKET, type DemoClients, type Vended } from './demo-clients.ts';
import { expect, type Story } from './demo-story.ts';

/** The second half of the demo: approval, and every way in which keys end early. */
export async function playEndings(story: Story, clients: DemoClients): Promise<void> {
  const mfa = { amr: ['mfa'] };
  const ana = await clients.person('ana', ['platform', 'developers'], mfa);
  const zoe = await clients.person('zoe', ['security']);
  const read = { entitlement: 'artifacts-read', parameters: { prefix: 'releases/2026-11' } };
  const request = { ...read, durationSeconds: 1800, justification: 'Roll back release 4711' };
  const useOf = ({ credentials }: Vended) =>
    clients
      .s3(credentials)
      .send(new GetObjectCommand({ Bucket: BUCKET, Key: 'releases/2026-11/app.tgz' }));

  const untilRevoked = async ({ grant }: Vended): Promise<void> => {
    const begun = Date.now();
    for (;;) {
      const { status, endReason } = await clients.call(200, 'GET', `/v1/grants/${grant.id}`, zoe);
      if (status === 'revoked') {
        const seconds = ((Date.now() - begun) / 1000).toFixed(1);
        expect(true, `revoked after ${seconds} s: the deny was written and read back`);
        story.quote(String(endReason));
        return;
      }
      if (Date.now() > begun + 15_000) throw new Error(`the grant is still ${status}`);
      await sleep(100);
    }
  };

  await story.step(
    'A person must approve a production table, and cannot approve their own request',
    async () => {
      const kim = await clients.person('kim', ['database']);
      const table = { entitlement: 'database-admin', parameters: { table: 'orders' } };
      const body = { ...table, durationSeconds: 900, justification: 'Fix order 4711' };
      const { id } = await clients.call(201, 'POST', '/v1/grants', ana, body);
      const own = await clients.person('ana', ['developers', 'database'], mfa);
      const refused = await clients.call(403, 'POST', `/v1/grants/${id}/approve`, own);
      story.quote(String(refused['detail']));
      const waiting = await clients.call(200, 'GET', '/v1/grants?reviewable=me', kim);
      expect(
        (waiting['grants'] as unknown[]).length > 0,
        'Kim finds it in the list of requests to review',
      );
      const path = `/v1/grants/${id}/approve`;
      const approved = await clients.call(200, 'POST', path, kim, { comment: 'go ahead' });
      expect(approved['status'] === 'active', 'Kim’s vote makes it active');
      await clients.call(200, 'POST', `/v1/grants/${id}/credentials`, ana);
    },
  );

  await story.step(
    'Ana is done: the keys of this grant stop working, those of others do not',
    async () => {
      const [first, second] = [await clients.vend(ana, request), await clients.vend(ana, request)];
      await story.allowed('s3:GetObject with the first keys', useOf(first));
      const path = `/v1/grants/${first.grant.id}/revoke`;
      const answer = await clients.call(200, 'POST', path, ana, { reason: 'done' });
      story.detail(
        `at first it is ${answer['status']}, keys valid until ${answer['keysValidUntil']}`,
      );
      await untilRevoked(first);
      await story.refused('s3:GetObject with the first keys', useOf(first));
      await story.allowed('s3:GetObject with the second keys, of the same role', useOf(second));
    },
  );

  await story.step(
    'Bob loses his laptop: security suspends him, and all his grants end',
    async () => {
      const bob = await clients.person('bob', ['platform']);
      const vended = await clients.vend(bob, request);
      const path = '/v1/principals/people%3Abob/suspend';
      await clients.call(200, 'POST', path, zoe, { reason: 'laptop lost' });
      await untilRevoked(vended);
      await story.refused('s3:GetObject with Bob’s keys', useOf(vended));
      const refused = await clients.call(403, 'POST', '/v1/credentials', bob, request);
      story.quote(String(refused['detail']));
    },
  );

  await story.step(
    'Production is down: break-glass is granted at once, and security reviews it',
    async () => {
      const ivy = await clients.person('ivy', ['incident-commanders'], mfa);
      const breakGlass = { entitlement: 'break-glass', durationSeconds: 900, ticket: 'INC-4711' };
      const vended = await clients.vend(ivy, { ...breakGlass, justification: 'Checkout is down' });
      await story.allowed('s3:GetObject under break-glass', useOf(vended));
      const path = `/v1/grants/${vended.grant.id}/review`;
      const reviewed = await clients.call(200, 'POST', path, zoe, {
        comment: 'as the incident says',
      });
      const { status } = reviewed['review'] as { readonly status: string };
      expect(status === 'done', 'security reviewed it');
    },
  );
}
