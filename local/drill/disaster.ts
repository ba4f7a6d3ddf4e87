import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '../demo-story.ts';
import { workersKilled } from '../faults/processes.ts';
import { type Ended, valetkey } from './operator.ts';
import type { Backup } from './root.ts';
import { type Json, type Scene, until } from './scene.ts';

/** The table is gone, and comes back as it was at the backup; the broker is rebuilt on it. */

export type Disaster = {
  readonly backup: Backup;
  /** The name of the table to restore to. */
  readonly table: string;
  /** Whether the command is killed once, while the broker recovers. */
  readonly killed: boolean;
};

/** On AWS the table says itself what it was restored to; on the emulator it does not. */
function orderFor({ backup, table }: Pick<Disaster, 'backup' | 'table'>): readonly string[] {
  return ['recover', '--table', table, '--from', backup.madeAt];
}

/** @returns the configuration that names the restored table. */
export async function restoreTable(scene: Scene, { backup, table }: Disaster): Promise<string> {
  const { root, stateDir } = scene;
  await root.restore(backup, table);
  const first = await valetkey(scene, orderFor({ backup, table }));
  if (first.code !== 6) throw new Error(`recover ended with ${first.code}: ${first.stderr}`);
  expect(true, 'the command turned on what the restore lost, and asks for a deployment');
  const file = join(stateDir, `${table}.yaml`);
  writeFileSync(file, first.stdout);
  return file;
}

/** @returns what the command reports. */
export async function recoverState(scene: Scene, disaster: Disaster): Promise<Json> {
  const { story } = scene;
  const order = orderFor(disaster);
  const recovered = async (...more: readonly string[]) =>
    reportIn(await valetkey(scene, [...order, ...more, '--json']));
  const planned = await recovered('--dry-run');
  if (disaster.killed) {
    await killInTheMiddle(scene, disaster, order);
    story.detail('the command and the Lambdas were killed (SIGKILL) while a role was cut off');
  }
  const report = await recovered();
  const planOf = ({ principals, grants }: Json): string => {
    const { madeAgain, changed } = grants as Json;
    return JSON.stringify([principals, madeAgain, changed]);
  };
  expect(planOf(planned) === planOf(report), 'it did what its dry run had said');
  const again = await recovered();
  expect(JSON.stringify(again) === JSON.stringify(report), 'a repeat of it changes nothing');
  return report;
}

/** While the recovery cuts a role off: its lease lasts longer than its writer. */
async function killInTheMiddle(
  scene: Scene,
  { table }: Disaster,
  order: readonly string[],
): Promise<void> {
  const { root, stack } = scene;
  const lambdas = workersKilled();
  const target = { state: stack.state, root, lambdas: [] };
  const stop = new AbortController();
  const running = valetkey(scene, order, { killed: stop.signal });
  try {
    await until('a role is being cut off', () => root.holdsRole(table), 50);
    await lambdas.begin(target);
    stop.abort();
    await running;
  } finally {
    await lambdas.end(target);
  }
}

function reportIn({ code, stdout, stderr }: Ended): Json {
  if (code !== 0) throw new Error(`recover ended with ${code}: ${stderr}`);
  return JSON.parse(stdout) as Json;
}
