import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import type { LocalState } from '../../local/state-folder.ts';
import { stack, tokenFor } from '../e2e/support.ts';

const folders: string[] = [];
const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), 'valetkey-local-test-'));
  folders.push(folder);
  return folder;
}

/** `npm run local` with a state folder of its own. */
function start(stateDir: string, policyDir: string) {
  const child = spawn(process.execPath, ['local/run.ts'], {
    env: { ...process.env, NODE_OPTIONS: '', VALETKEY_STATE: stateDir, VALETKEY_POLICY: policyDir },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  const run = { child, output: '', code: null as number | null };
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data: Buffer) => {
      run.output += data.toString();
    });
  }
  child.on('exit', (code) => {
    run.code = code;
  });
  return run;
}

async function until(truth: () => boolean, withinMs = 240_000): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!truth()) {
    if (Date.now() > deadline) throw new Error('the condition was not met in time');
    await sleep(50);
  }
}

/** The processes of a stack, its emulator and the Lambdas, found by their state folder. */
function processesOf(stateDir: string): string[] {
  const all = execFileSync('ps', ['-A', '-o', 'pid=,args='], { encoding: 'utf8' }).split('\n');
  return all.filter((line) => line.includes(stateDir));
}

/** A busy machine takes many times what a quiet one does. */
jest.setTimeout(600_000);

describe('npm run local', () => {
  test('runs beside another stack with another bundle, and Ctrl-C leaves nothing behind', async () => {
    const [stateDir, policyDir] = [temporary(), temporary()];
    cpSync('policy', policyDir, { recursive: true });
    const file = join(policyDir, 'entitlements', 'artifacts-read.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll('artifacts-read', 'others-read'));
    rmSync(join(policyDir, 'cases'), { recursive: true });
    const cedar = join(policyDir, 'policies', 'artifacts.cedar');
    writeFileSync(cedar, readFileSync(cedar, 'utf8').replaceAll('artifacts-read', 'others-read'));

    const run = start(stateDir, policyDir);
    await until(() => run.output.includes('ready') || run.code !== null);
    const state = JSON.parse(readFileSync(join(stateDir, 'local.json'), 'utf8')) as LocalState;
    expect(Object.keys(state).sort()).toEqual([
      'accountId',
      'apiUrl',
      'emulatorUrl',
      'issuers',
      'pid',
      'region',
      'stateMachineArn',
      'tableName',
    ]);
    expect(state.pid).toBe(run.child.pid);
    expect(state.apiUrl).not.toBe(stack().apiUrl);
    const token = await tokenFor('people', { sub: 'ana', groups: ['platform'] }, state);
    const entitlementsAt = async (apiUrl: string) => {
      const headers = { authorization: `Bearer ${token}` };
      const answer = await fetch(`${apiUrl}/v1/entitlements`, { headers });
      return answer.text();
    };
    expect(await entitlementsAt(state.apiUrl)).toContain('others-read');
    expect(await entitlementsAt(stack().apiUrl)).toContain('not one that this broker trusts');

    const again = start(stateDir, policyDir);
    await until(() => again.code !== null);
    expect(again.code).toBe(1);
    expect(again.output).toContain('is already running here');

    run.child.kill('SIGINT');
    run.child.kill('SIGINT');
    await until(() => run.code !== null);
    expect(run.code).toBe(0);
    expect(existsSync(join(stateDir, 'local.json'))).toBe(false);
    expect(processesOf(stateDir)).toEqual([]);
  });

  test('stopped while it starts leaves nothing behind', async () => {
    const stateDir = temporary();
    const run = start(stateDir, 'policy');
    await until(() => run.output.includes('starting the emulator'));
    await sleep(1500);
    run.child.kill('SIGINT');
    await until(() => run.code !== null);
    expect(run.code).toBe(0);
    expect(existsSync(join(stateDir, 'local.json'))).toBe(false);
    expect(processesOf(stateDir)).toEqual([]);
  });

  test('with a mistake in the bundle fails, reports the line, and leaves nothing behind', async () => {
    const [stateDir, policyDir] = [temporary(), temporary()];
    cpSync('policy', policyDir, { recursive: true });
    const file = join(policyDir, 'entitlements', 'artifacts-read.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace('risk: low', 'risk: none'));
    const run = start(stateDir, policyDir);
    await until(() => run.code !== null);
    expect(run.code).toBe(1);
    expect(run.output).toContain('entitlements/artifacts-read.yaml:6: risk: write one of');
    expect(processesOf(stateDir)).toEqual([]);
  });

  test('ends its emulator when it is killed without warning', async () => {
    const stateDir = temporary();
    const run = start(stateDir, 'policy');
    await until(() => run.output.includes('deploying') || run.code !== null);
    run.child.kill('SIGKILL');
    await until(() => !processesOf(stateDir).some((line) => line.includes('emulator.py')));
  });
});
