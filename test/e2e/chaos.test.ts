import { expect, test } from '@jest/globals';
import { run } from '../../local/process.ts';

/** A short chaos run on a stack of its own. It fails, and prints what led to it, where a promise was broken. */

test('under random faults no promise is broken', async () => {
  const env = { ...process.env, NODE_OPTIONS: '' };
  const args = ['local/chaos.ts', '--minutes', '1.5', '--seed', '4711'];
  const printed = await run(process.execPath, args, { env });
  expect(printed).toMatch(/^violations: +0$/m);
  expect(Number(/^faults: +(\d+)/m.exec(printed)?.[1])).toBeGreaterThan(0);
}, 1_200_000);
