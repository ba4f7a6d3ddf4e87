import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { canonicalJson } from '../core/canonical-json.ts';
import type { DemoClients } from './demo-clients.ts';
import { expect, type Story } from './demo-story.ts';
import { run } from './process.ts';
import { emulatorPython } from './python.ts';

const VERIFIER = fileURLToPath(new URL('verify_proof.py', import.meta.url));

/** The end of the demo: what happened can be proved, and cannot be changed. */
export async function playLedger(
  story: Story,
  clients: DemoClients,
  folder: string,
): Promise<void> {
  await story.step(
    'An auditor proves what happened, with a verifier that shares no code with the broker',
    async () => {
      const ana = await clients.person('ana', ['platform']);
      const [grant] = (await clients.call(200, 'GET', '/v1/grants?limit=1', ana))['grants'] as {
        readonly id: string;
      }[];
      const path = `/v1/grants/${grant?.id}/events`;
      const [event] = (await clients.call(200, 'GET', path, ana))['events'] as {
        readonly id: string;
        readonly type: string;
      }[];
      const discovered = await clients.call(200, 'GET', '/.well-known/valetkey', ana);
      const { vkey } = discovered['ledger'] as { readonly vkey: string };
      const proof = await untilProved(clients, `${path}/${event?.id}/proof`, ana);
      const [proofFile, entryFile] = [join(folder, 'event.tlog-proof'), join(folder, 'event.json')];
      writeFileSync(proofFile, proof);
      const entry = canonicalJson({ v: 1, ...event });
      const python = await emulatorPython((line) => story.detail(line));
      const verify = (): Promise<string> => run(python, [VERIFIER, vkey, proofFile, entryFile], {});
      writeFileSync(entryFile, entry);
      expect((await verify()).startsWith('entry '), `the log has “${event?.type}” of ${grant?.id}`);
      writeFileSync(entryFile, entry.replace('"actor"', '"Actor"'));
      const refused = await verify().catch((error: Error) => error.message);
      expect(refused.includes('does not have this entry'), 'with one letter changed, it has not');
    },
  );
}

/** An event is in a signed checkpoint within seconds. */
async function untilProved(clients: DemoClients, path: string, token: string): Promise<string> {
  for (let tries = 0; tries < 300; tries += 1) {
    const answer = await clients.send('GET', path, token);
    if (answer.status === 200) return answer.text();
    if (answer.status !== 409) throw new Error(`${path}: ${answer.status}`);
    await sleep(200);
  }
  throw new Error(`${path}: no proof within a minute`);
}
