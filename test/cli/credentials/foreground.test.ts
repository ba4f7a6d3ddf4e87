import { expect, test } from '@jest/globals';
import { foregroundBy, foregroundIn, inForeground } from '../../../cli/credentials/foreground.ts';

test.each([
  ['in front of a terminal', '4711 (node) S 1 4711 4700 34816 4711 4194304 0', true],
  ['behind others at a terminal', '4711 (node) S 1 4711 4700 34816 4700 4194304 0', false],
  ['without a terminal', '4711 (node) S 1 4711 4711 0 -1 4194304 0', false],
  ['with an odd name', '4711 (a) 0 0 (b) S 1 4711 4700 34816 4711 4194304 0', true],
  ['unknown', '', false],
])('on Linux a process is %s', (_, stat, foreground) => {
  expect(foregroundIn(stat)).toBe(foreground);
});

test.each([
  [' 4711  4711\n', true],
  [' 4711  4700\n', false],
  [' 4711    -1\n', false],
  [' 4711     0\n', false],
  ['', false],
])('elsewhere ps says it: %j', (ids, foreground) => {
  expect(foregroundBy(ids)).toBe(foreground);
});

test('the answer for this process comes from the system, whatever stdin is', () => {
  expect(typeof inForeground()).toBe('boolean');
});
