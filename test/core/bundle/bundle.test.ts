import { expect, test } from '@jest/globals';
import { findEntitlement, formatBundleErrors, inOrder } from '../../../core/bundle/bundle.ts';
import { compiled } from '../../support/bundles.ts';

test('mistakes are listed one per line, their place first', () => {
  const one = { file: 'a.yaml', line: 3, message: 'is wrong' };
  expect(formatBundleErrors([one])).toBe('The policy bundle has 1 mistake:\n  a.yaml:3: is wrong');
  expect(formatBundleErrors([one, one], 'file')).toContain('The file has 2 mistakes:\n');
});

test.each(['write', 'toString', '__proto__'])('a bundle has no entitlement %s', (id) => {
  expect(findEntitlement(compiled(), id)).toBeNull();
  expect(findEntitlement(compiled(), 'read')?.id).toBe('read');
});

test('mistakes come in the order of their files and lines, each once', () => {
  const mistake = (file: string, line: number, message = 'is wrong') => ({ file, line, message });
  const [first, second, third] = [mistake('a', 2), mistake('a', 10), mistake('a', 10, 'too')];
  const [fourth, fifth] = [mistake('b', 1), mistake('c', 2)];
  const mixed = [fifth, second, fourth, third, second, first, fifth, mistake('a', 2)];
  expect(inOrder(mixed)).toEqual([first, second, third, fourth, fifth]);
});
