import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DemoClients } from './demo-clients.ts';
import { playAsking } from './drill-asking.ts';
import { playBombing } from './drill-bombing.ts';
import { playNotMe } from './drill-ending.ts';
import { Mailbox } from './drill-mailbox.ts';
import { playRecords } from './drill-records.ts';
import { makeTables, withPeople } from './drill-scene.ts';
import { playVotes } from './drill-votes.ts';
import { playOnStack } from './play-on-stack.ts';

/**
 * `npm run drill:attack`: plays an attack with a stolen token on its own stack, and what stops it; exits with 0 only if
 * every step does what it says. The bundle is the example with the additions of `local/drill-policy`.
 */

await playOnStack(
  { name: 'drill', says: 'A drill: somebody has a stolen token.', policyIn },
  async ({ story, stack, signal }) => {
    const clients = new DemoClients(stack.state, signal);
    await Promise.all([clients.fillBucket(), makeTables(stack.state)]);
    const mailbox = await Mailbox.open(stack.state);
    try {
      const scene = await withPeople({ story, clients, mailbox, signal });
      await playAsking(scene);
      const waiting = await playBombing(scene);
      await playNotMe(scene, await playVotes(scene, waiting));
      await playRecords(scene);
    } finally {
      mailbox.close();
    }
  },
);

function policyIn(stateDir: string): string {
  const policyDir = join(stateDir, 'policy');
  for (const from of ['../policy', 'drill-policy']) {
    cpSync(fileURLToPath(new URL(from, import.meta.url)), policyDir, { recursive: true });
  }
  return policyDir;
}
