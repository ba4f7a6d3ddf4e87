import { expect } from '../demo-story.ts';
import { playOnStack } from '../play-on-stack.ts';
import { playAfter } from './after.ts';
import { playBefore } from './before.ts';
import { type Measured, printBinder } from './binder.ts';
import { checkLedger, checkQuarantine, checkRecovered, lostEvents, openAgain } from './checks.ts';
import { recoverState, restoreTable } from './disaster.ts';
import { openScene, people, READ, type Scene } from './scene.ts';

/**
 * `npm run drill`: loses the table of a local stack and recovers from it, twice; exits with 0 only if no key lives that
 * should be dead, no grant is lost, and the ledger is one.
 */

await playOnStack({ name: 'drill', says: 'A drill: the table is lost.' }, async (stage) => {
  const scene = openScene(stage);
  await scene.clients.fillBucket();
  const first = await round(scene, stage.stack.state.tableName, 1);
  const second = await round(scene, 'valetkey-restored-1', 2);
  printBinder(stage.story, [first, second]);
});

async function round(scene: Scene, lost: string, number: number): Promise<Measured> {
  const { story, clients, root } = scene;
  const killed = number === 2;
  const before = await story.step('People work; then a backup is made', () => playBefore(scene));
  const backup = await root.backUp(lost, `backup-${number}`);
  const after = await story.step('People go on working', () => playAfter(scene, before));
  const lostAt = Date.now();
  const disaster = { backup, table: `valetkey-restored-${number}`, killed };
  const configFile = await story.step(
    'The table is lost, and restored from the backup',
    async () => {
      await root.deleteTable(lost);
      const { ana } = people(scene);
      await clients.call(503, 'POST', '/v1/credentials', await ana(), READ);
      expect(true, 'without its table the broker gives nothing, and says so');
      return restoreTable(scene, disaster);
    },
  );
  const report = await story.step(
    'The broker is deployed in quarantine, and recovers',
    async () => {
      await scene.stack.redeploy({ configFile, recovery: true });
      await checkQuarantine(scene, before);
      return recoverState(scene, disaster);
    },
  );
  const rtoSeconds = await story.step('Two people end the quarantine', async () => {
    await scene.stack.redeploy({ configFile });
    await openAgain(scene);
    await checkRecovered(scene, before, after);
    return (Date.now() - lostAt) / 1000;
  });
  const { events, gone } = await lostEvents(scene, after);
  expect(gone === 0, `all ${events} events are in the trails of their grants, each once`);
  await checkLedger(scene);
  const what = `Round ${number}: the table lost, restored from a backup${killed ? '; the command killed in the middle' : ''}`;
  return { what, rtoSeconds, events, lost: gone, report };
}
