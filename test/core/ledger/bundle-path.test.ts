import { expect, test } from '@jest/globals';
import { sha256 } from '../../../core/ids.ts';
import {
  bundlePath,
  hashOfBundlePath,
  isSourcePath,
  sourcePath,
} from '../../../core/ledger/bundle-path.ts';

test('a bundle is found by its hash, and its path names the hash', () => {
  const path = bundlePath(sha256('x'));
  expect(path).toMatch(/^bundle\/sha256-[0-9a-f]{64}\.json$/);
  expect(hashOfBundlePath(path)).toBe(sha256('x'));
  for (const other of [`x${path}`, `${path}x`, `${path}\n`, path.replace('-', ':'), '']) {
    expect(hashOfBundlePath(other)).toBeNull();
  }
});

test('the source of a bundle has a path of its own, which is no path of a compiled bundle', () => {
  const path = sourcePath(sha256('x'));
  expect(isSourcePath(path)).toBe(true);
  expect(hashOfBundlePath(path)).toBeNull();
  for (const other of [`x${path}`, `${path}\n`, path.replace('source/', '../'), bundlePath('x')]) {
    expect(isSourcePath(other)).toBe(false);
  }
});
