import { expect, test } from '@jest/globals';
import { escapePointer } from '../../core/field-error.ts';

// The example of RFC 6901, section 4: `~01` is `~1`, and no slash.
test.each([
  ['a', 'a'],
  ['a/b/c', 'a~1b~1c'],
  ['m~n~o', 'm~0n~0o'],
  ['~1', '~01'],
  ['', ''],
])('the name %j is %j in a pointer', (name, token) => {
  expect(escapePointer(name)).toBe(token);
});
