import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { run } from '../../local/process.ts';
import { blocksOf } from '../support/documentation.ts';
import { expectShown, stepsIn } from '../support/played-story.ts';

/** Plays the demo on a stack of its own, and compares what it prints with the parts that the README shows. */

/** Ids, times and durations differ from run to run. */
const comparable = (text: string): string =>
  text
    .replaceAll(/gr_[0-9a-z]{20}/g, 'GRANT')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:]+Z/g, 'TIME')
    .replaceAll(/\d+(\.\d+)? s\b/g, 'N s');

test('the demo does what it says, and prints what the README shows', async () => {
  const state = mkdtempSync(join(tmpdir(), 'valetkey-demo-'));
  const env = { ...process.env, VALETKEY_STATE: state, NODE_OPTIONS: '' };
  const printed = await run(process.execPath, ['local/demo.ts'], { env });
  rmSync(state, { recursive: true, force: true });
  const block = blocksOf('README.md').find(({ text }) => /^\d+\. She /.test(text));
  const shown = block?.text ?? '';
  expect(stepsIn(shown).length).toBeGreaterThan(2);
  expectShown(printed, shown, comparable);
}, 300_000);
