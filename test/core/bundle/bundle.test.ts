import { expect, test } from '@jest/globals';
import { findEntitlement, formatBundleErrors } from '../../../core/bundle/bundle.ts';
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
