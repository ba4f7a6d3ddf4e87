import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { preset } from '../support/presets.ts';

declare global {
  var valetKeyTestStack: ChildProcess | undefined;
}

const STATE = '.valetkey/test';
/** The example bundle, the issuers of the AWS preset, and the additions of `test/e2e/policy`. */
const POLICY = '.valetkey/test-policy';

/** Jest's globalSetup: runs `npm run local` for all tests that need a stack. */
export default async function start(): Promise<void> {
  rmSync(POLICY, { recursive: true, force: true });
  cpSync('policy', POLICY, { recursive: true });
  cpSync(join('test', 'e2e', 'policy'), POLICY, { recursive: true });
  const issuers = preset('aws').issuers.replace(/^(?=.)/gm, '  ');
  appendFileSync(join(POLICY, 'issuers.yaml'), `\n${issuers}`);
  const child = spawn(process.execPath, [join('local', 'run.ts')], {
    env: { ...process.env, NODE_OPTIONS: '', VALETKEY_STATE: STATE, VALETKEY_POLICY: POLICY },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  globalThis.valetKeyTestStack = child;
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data: Buffer) => {
      output += data.toString();
    });
  }
  while (!output.includes('  ready\n')) {
    if (child.exitCode !== null) throw new Error(`the local stack did not start:\n${output}`);
    await sleep(50);
  }
}

/** Stops the stack as Ctrl-C does. */
export async function stopStack(): Promise<void> {
  const child = globalThis.valetKeyTestStack;
  if (child === undefined || child.exitCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGINT');
  await exited;
}
