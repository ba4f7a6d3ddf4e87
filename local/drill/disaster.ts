import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '../demo-story.ts';
import { valetkey } from './operator.ts';
import type { Scene } from './scene.ts';

/** The table is gone, and comes back as it was at the backup; the broker is built up on it again. */

export type Recovered = {
  readonly table: string;
  /** What `valetkey recover` printed as JSON. */
  readonly report: Readonly<Record<string, unknown>>;
};

/** @param killed Whether the command is killed once in the middle of the recovery. */
export async function playDisaster(
  scene: Scene,
  {
    backup,
    table,
    killed,
  }: { readonly backup: string; readonly table: string; readonly killed: boolean },
): Promise<Recovered> {
  const { root, stack, stateDir, story } = scene;
  await root.restore(backup, table);
  const first = await valetkey(scene, ['recover', '--table', table]);
  expect(
    first.code === 6,
    'the command makes the settings that the restore lost, and asks for a deployment',
  );
  const configFile = join(stateDir, `${table}.yaml`);
  writeFileSync(configFile, first.stdout);
  await stack.redeploy({ configFile, recovery: true });
  if (killed) {
    const half = await valetkey(scene, ['recover', '--table', table], { killAfterMs: 1500 });
    story.detail(`the command was killed in the middle (${half.code ?? 'SIGKILL'})`);
  }
  const done = await valetkey(scene, ['recover', '--table', table, '--json']);
  const report = JSON.parse(done.stdout) as Recovered['report'];
  story.json(report);
  return { table, report };
}
