import { expect, test } from '@jest/globals';
import { QUIET } from '../../../core/request-signals.ts';
import type { GrantEvent } from '../../../dashboard/api/types.ts';
import { signalsInWords } from '../../../dashboard/grant/signals.ts';

const event = (signals?: object): GrantEvent =>
  ({ type: 'requested', inputs: { facts: { signals } } }) as unknown as GrantEvent;

test('nothing unusual says nothing, nor does a policy that asks for no signals', () => {
  expect(signalsInWords(event(QUIET))).toEqual([]);
  expect(signalsInWords(event())).toEqual([]);
  expect(signalsInWords({ type: 'requested' } as GrantEvent)).toEqual([]);
});

test('every signal has a sentence of its own', () => {
  const loud = Object.fromEntries(
    Object.entries(QUIET).map(([name, quiet]) => [name, typeof quiet === 'number' ? 2 : true]),
  );
  const said = signalsInWords(event(loud));
  expect(new Set(said).size).toBe(Object.keys(QUIET).length);
});
