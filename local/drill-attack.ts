import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DemoClients } from './demo-clients.ts';
import { Story } from './demo-story.ts';
import { playAsking } from './drill-asking.ts';
import { playBombing } from './drill-bombing.ts';
import { playNotMe } from './drill-ending.ts';
import { Mailbox } from './drill-mailbox.ts';
import { playRecords } from './drill-records.ts';
import { makeTables, withPeople } from './drill-scene.ts';
import { playVotes } from './drill-votes.ts';
import { startStack } from './stack.ts';

/**
 * `npm run drill:attack`: plays an attack with a stolen token on its own stack, and what stops it; exits with 0 only if
 * every step does what it says. The bundle is the example with the additions of `local/drill-policy`.
 */

const folder = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

const story = new Story();
const stateDir = mkdtempSync(join(tmpdir(), 'valetkey-drill-'));
const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopping.abort());

story.say('A drill: somebody has a stolen token. Starting a local stack …');
let stack: Awaited<ReturnType<typeof startStack>> | undefined;
let mailbox: Mailbox | undefined;
try {
  const policyDir = join(stateDir, 'policy');
  for (const from of ['../policy', 'drill-policy']) {
    cpSync(folder(from), policyDir, { recursive: true });
  }
  const { signal } = stopping;
  stack = await startStack({ stateDir, policyDir, log: (line) => story.detail(line), signal });
  const clients = new DemoClients(stack.state, signal);
  await Promise.all([clients.fillBucket(), makeTables(stack.state)]);
  mailbox = await Mailbox.open(stack.state);
  const scene = await withPeople({ story, clients, mailbox, signal });
  await playAsking(scene);
  const waiting = await playBombing(scene);
  await playNotMe(scene, await playVotes(scene, waiting));
  await playRecords(scene);
  story.end();
} catch (error) {
  story.fail(stopping.signal.aborted ? new Error('stopped') : error);
  process.exitCode = 1;
} finally {
  mailbox?.close();
  await stack?.stop();
  rmSync(stateDir, { recursive: true, force: true });
}
