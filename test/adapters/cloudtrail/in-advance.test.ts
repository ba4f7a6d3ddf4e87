import { expect, test } from '@jest/globals';
import { inAdvance } from '../../../adapters/cloudtrail/in-advance.ts';

async function* count(to: number): AsyncGenerator<number> {
  for (let number = 1; number <= to; number += 1) yield number;
}

test('work is started for a few items in advance, and given in order', async () => {
  const started: number[] = [];
  const taken: number[] = [];
  const work = async (item: number): Promise<number> => {
    started.push(item);
    return item * 10;
  };
  for await (const result of inAdvance(count(5), 3, work)) {
    taken.push(result);
    expect(started.length).toBe(Math.min(5, taken.length + 2));
  }
  expect(taken).toEqual([10, 20, 30, 40, 50]);
});

test('what nobody takes is dropped', async () => {
  const dropped: number[] = [];
  const all = inAdvance(
    count(9),
    3,
    async (item) => item,
    (item) => dropped.push(item),
  );
  for await (const item of all) if (item === 2) break;
  await new Promise((resolve) => setImmediate(resolve));
  expect(dropped).toEqual([3, 4]);
});

test('an error of work in advance is thrown when its turn comes', async () => {
  const taken: number[] = [];
  const work = async (item: number): Promise<number> => {
    if (item === 2) throw new Error('two');
    return item;
  };
  const read = async (): Promise<void> => {
    for await (const item of inAdvance(count(3), 3, work)) {
      taken.push(item);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  await expect(read()).rejects.toThrow('two');
  expect(taken).toEqual([1]);
});
