import { expect, test } from '@jest/globals';
import { rememberBeside } from '../../../core/usage/remember-beside.ts';

test('each pair is asked for once, as long as there is room for its answer', () => {
  const asked: string[] = [];
  const ask = rememberBeside((called, other) => {
    asked.push(`${called} ${other}`);
    return called === other ? null : `${called} may need ${other}`;
  }, 2);
  for (let times = 0; times < 2; times += 1) {
    expect(ask('a', 'b')).toBe('a may need b');
    expect(ask('a', 'a')).toBeNull();
  }
  expect(asked).toEqual(['a b', 'a a']);
  expect(ask('b', 'a')).toBe('b may need a');
  expect(ask('a', 'b')).toBe('a may need b');
  expect(asked).toEqual(['a b', 'a a', 'b a', 'a b']);
});
