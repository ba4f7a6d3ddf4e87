import { describe, expect, test } from '@jest/globals';
import type { PolicyRefusal } from '../../../core/kill/ports.ts';
import { readBack } from '../../../core/kill/read-back.ts';
import { err, ok } from '../../../core/result.ts';
import { killWorld, START, withPolicies } from '../../support/kill-ports.ts';
import { ROLE } from '../../support/sample-grants.ts';

type Code = PolicyRefusal['code'];

/** Reads that fail with these codes, one after another, and with the last from then on. */
function failing(milliseconds: number, codes: readonly [Code, ...(readonly Code[])]) {
  const world = killWorld();
  let reads = 0;
  const read = async () => {
    const code = codes[Math.min(reads, codes.length - 1)] ?? codes[0];
    reads += 1;
    return err({ code, reason: 'a test' });
  };
  const pause = async () => {
    world.now += milliseconds;
  };
  const ports = { ...withPolicies(world.ports, { read }), pause };
  const done = readBack(ports, ROLE, { document: '{}', wroteAt: START });
  return done.then((result) => ({ result, reads }));
}

describe('a policy that cannot be read back is given up', () => {
  test.each([
    ['after the time that reads can lag, to the second', 6000, ['unavailable'], 3],
    ['soon after it, where the last read came before', 7000, ['unavailable'], 3],
    ['after as many throttled calls in a row as are a fault', 7000, ['throttled'], 8],
    [
      'at once after that time, where the last error is another',
      7000,
      ['throttled', 'throttled', 'unavailable'],
      3,
    ],
    ['at once where IAM would answer the same again', 7000, ['refused'], 1],
  ] as const)('%s', async (_, milliseconds, codes, expected) => {
    const { result, reads } = await failing(milliseconds, codes);
    expect(result).toMatchObject({ ok: false, error: { reason: 'a test' } });
    expect(reads).toBe(expected);
  });
});

test('pauses between reads are longer or shorter by chance', async () => {
  const world = killWorld();
  world.jitter = 0.25;
  let reads = 0;
  const ports = withPolicies(world.ports, { read: async () => ok(++reads < 3 ? null : '{}') });
  expect(await readBack(ports, ROLE, { document: '{}', wroteAt: START })).toEqual(ok(true));
  expect(world.pauses).toEqual([187.5, 375]);
});
