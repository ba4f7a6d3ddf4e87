import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { DemoClients } from './demo-clients.ts';
import { expect, type Story } from './demo-story.ts';
import { run } from './process.ts';
import type { LocalState } from './state-folder.ts';
import { TRAIL_BUCKET } from './trail.ts';

const COMMAND = fileURLToPath(new URL('../cli/valetkey.ts', import.meta.url));

/** Files of the trail arrive two seconds after a call. */
const WAIT_MS = 500;
const TRIES = 60;

const USED = 'used 1 of 4 actions';

/** What a grant used of what it was granted, from the CloudTrail files of the stack. */
export async function playUsage(
  story: Story,
  clients: DemoClients,
  state: LocalState,
): Promise<void> {
  await story.step(
    'Was it too much? CloudTrail tells which of the granted actions the job really used',
    async () => {
      const deploy = { entitlement: 'service-deploy', parameters: { service: 'shop' } };
      const job = await clients.job({ event_name: 'push' });
      const { grant, credentials } = await clients.vend(job, { ...deploy, durationSeconds: 900 });
      await clients.put(credentials, 'services/shop/app.tgz');
      const zoe = await clients.person('zoe', ['security']);
      const env = {
        ...process.env,
        VALETKEY_BROKER: state.apiUrl,
        VALETKEY_TOKEN: zoe,
        AWS_ACCESS_KEY_ID: state.accountId,
        AWS_SECRET_ACCESS_KEY: 'local',
        AWS_REGION: state.region,
        AWS_ENDPOINT_URL: state.emulatorUrl,
      };
      const from = ['--logs', `s3://${TRAIL_BUCKET}`, '--policy', 'policy'];
      const ask = () =>
        run(process.execPath, [COMMAND, 'usage', 'grant', grant.id, ...from], { env });
      let answer = await ask();
      for (let tries = 0; !answer.includes(USED) && tries < TRIES; tries += 1) {
        await sleep(WAIT_MS);
        answer = await ask();
      }
      expect(answer.includes(USED), 'it used one of four actions');
      for (const line of answer.trimEnd().split('\n')) story.detail(line);
    },
  );
}
