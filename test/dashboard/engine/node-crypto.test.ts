import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { createHash as inBrowser } from '../../../dashboard/engine/node-crypto.ts';

test.each(['', 'abc', 'ä€😀', 'x'.repeat(200)])('the hash of %j is the same', (text) => {
  for (const encoding of ['hex', 'base64'] as const) {
    expect(inBrowser('sha256').update(text).update('b').digest(encoding)).toBe(
      createHash('sha256').update(text).update('b').digest(encoding),
    );
  }
  expect(Array.from(inBrowser('sha256').update(Buffer.from(text)).digest())).toEqual(
    Array.from(createHash('sha256').update(text).digest()),
  );
});

test('another algorithm is refused', () => {
  expect(() => inBrowser('sha384')).toThrow('sha384');
});
