import { expect, test } from '@jest/globals';
import { run } from '../../local/process.ts';
import { blocksOf } from '../support/documentation.ts';
import { expectShown, stepsIn } from '../support/played-story.ts';

/** Plays the attack on a stack of its own. The drill fails at the first claim that is not true. */

/** Times differ from run to run, and so do some counts on a slow machine. */
const comparable = (text: string): string => text.replaceAll(/\d+(\.\d+)?/g, 'N');

test('the attack drill does what it says, and prints what the page shows', async () => {
  const env = { ...process.env, NODE_OPTIONS: '' };
  const printed = await run(process.execPath, ['local/drill-attack.ts'], { env });
  const block = blocksOf('docs/threat-model.md').find(({ text }) => text.startsWith('1. A thief '));
  const shown = block?.text ?? '';
  const [, ...played] = stepsIn(printed);
  expect(stepsIn(shown)).toHaveLength(played.length);
  expectShown(printed, shown, comparable);
}, 600_000);
