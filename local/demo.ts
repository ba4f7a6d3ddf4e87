import { setTimeout as sleep } from 'node:timers/promises';
import { ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { BUCKET, DemoClients, type Vended } from './demo-clients.ts';
import { playEndings } from './demo-endings.ts';
import { playLedger } from './demo-ledger.ts';
import { expect, type Story } from './demo-story.ts';
import { playUsage } from './demo-usage.ts';
import { playOnStack } from './play-on-stack.ts';

/**
 * `npm run demo`: plays the whole story on its own stack; exits with 0 only if every step succeeds.
 */

await playOnStack(
  { name: 'demo', says: 'Valet Key, from a dry run to keys that stop working.' },
  async ({ story, stack, stateDir, signal }) => {
    const clients = new DemoClients(stack.state, signal);
    await clients.fillBucket();
    await playRequests(story, clients);
    await playEndings(story, clients);
    await playLedger(story, clients, stateDir);
    await playUsage(story, clients, stack.state);
  },
);

async function playRequests(story: Story, clients: DemoClients): Promise<void> {
  const ana = await clients.person('ana', ['platform']);
  const request = {
    entitlement: 'artifacts-read',
    parameters: { prefix: 'releases/2026-11' },
    durationSeconds: 1800,
    justification: 'Roll back release 4711',
  };

  await story.step('Ana signs in and asks who she is', async () => {
    const me = await clients.call(200, 'GET', '/v1/whoami', ana);
    expect(me['id'] === 'people:ana', 'her id is her immutable subject, not her e-mail address');
    story.detail(`${me['name']} is ${me['id']}, in ${JSON.stringify(me['groups'])}`);
  });

  await story.step('A dry run shows what she would get; nothing is granted', async () => {
    const dry = await clients.call(200, 'POST', '/v1/evaluate', ana, request);
    const { outcome, policies } = dry['decision'] as Vended['grant']['decision'];
    expect(outcome === 'allow', 'policy would allow it');
    story.detail(`outcome ${outcome}, by ${policies.join(', ')}; the exact session policy:`);
    story.json(dry['sessionPolicy']);
    const listed = await clients.call(200, 'GET', '/v1/grants', ana);
    expect((listed['grants'] as unknown[]).length === 0, 'no grant was made');
  });

  await story.step('She requests a production table, signed in with a password alone', async () => {
    const dev = await clients.person('ana', ['platform', 'developers']);
    const table = { ...request, entitlement: 'database-admin', parameters: { table: 'orders' } };
    const denied = await clients.call(403, 'POST', '/v1/grants', dev, table);
    story.quote(String(denied['detail']));
    expect(denied['decision'] !== undefined, 'the answer names the policy that denied it');
    const mfa = await clients.person('ana', ['platform', 'developers'], { amr: ['mfa'] });
    const pending = await clients.call(201, 'POST', '/v1/grants', mfa, table);
    expect(pending['status'] === 'pending', 'with a second factor it waits for approval');
  });

  await story.step('She requests half an hour to read one release, and gets keys', async () => {
    const { grant, credentials } = await clients.vend(ana, request);
    story.detail(`grant ${grant.id}, until ${grant.expiresAt}; key ${credentials.accessKeyId}`);
    const s3 = clients.s3(credentials);
    const read = (Key: string) => s3.send(new GetObjectCommand({ Bucket: BUCKET, Key }));
    await story.allowed('s3:GetObject releases/2026-11/app.tgz', read('releases/2026-11/app.tgz'));
    await story.refused('s3:GetObject releases/2026-10/app.tgz', read('releases/2026-10/app.tgz'));
    const tables = clients.dynamodb(credentials).send(new ListTablesCommand({}));
    await story.refused('dynamodb:ListTables', tables);
  });

  await story.step(
    'A CI job on main deploys with its own OIDC token: one call, no stored secret',
    async () => {
      const deploy = {
        entitlement: 'service-deploy',
        parameters: { service: 'shop' },
        durationSeconds: 900,
      };
      const job = await clients.job({ event_name: 'push' });
      const { grant, credentials } = await clients.vend(job, deploy);
      story.detail(`${grant.requester.name} is ${grant.requester.id}`);
      await story.allowed(
        's3:PutObject services/shop/app.tgz',
        clients.put(credentials, 'services/shop/app.tgz'),
      );
      await story.refused(
        's3:PutObject services/pay/app.tgz',
        clients.put(credentials, 'services/pay/app.tgz'),
      );
      const pull = await clients.job({ event_name: 'pull_request_target' });
      const denied = await clients.call(403, 'POST', '/v1/credentials', pull, deploy);
      story.quote(String(denied['detail']));
    },
  );

  await story.step(
    'A grant of five seconds: IAM itself stops the keys, to the second',
    async () => {
      const { grant, credentials } = await clients.vend(ana, { ...request, durationSeconds: 5 });
      const s3 = clients.s3(credentials);
      const read = () =>
        s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: 'releases/2026-11/app.tgz' }));
      const end = Date.parse(grant.expiresAt ?? '');
      await story.allowed('s3:GetObject before expiresAt', read());
      await sleep(end - Date.now() + 20);
      await story.refused(`s3:GetObject ${Date.now() - end} ms after expiresAt`, read());
      story.detail('STS alone would have let these keys live for 15 minutes');
      const path = `/v1/grants/${grant.id}`;
      let now = await clients.call(200, 'GET', path, ana);
      while (now['status'] !== 'expired' && Date.now() < end + 10_000) {
        await sleep(200);
        now = await clients.call(200, 'GET', path, ana);
      }
      expect(
        now['status'] === 'expired',
        `the workflow marked it ${now['status']} within ${((Date.now() - end) / 1000).toFixed(1)} s`,
      );
      const late = await clients.call(409, 'POST', `${path}/credentials`, ana);
      story.quote(String(late['detail']));
    },
  );
}
