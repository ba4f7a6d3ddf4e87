import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { repeatedKey } from '../../../core/api/repeated-key.ts';
import { cpuTime } from '../../support/cpu-time.ts';

test.each([
  ['{"a":1,"a":1}', '/a'],
  ['{"a":1,"b":{"c":[0,{"d":1}, {"d":1,"e":2,"d":3}]}}', '/b/c/2/d'],
  ['{"a":1,"\\u0061":2}', '/a'],
  ['{"a" : 1 , "a" : 2}', '/a'],
  ['[[],{},"x",{"":1,"":2}]', '/3/'],
  ['[{"a":1,"a":2}]', '/0/a'],
  [`{"${'x'.repeat(65)}":1,"${'x'.repeat(65)}":2}`, `/${'x'.repeat(64)}`],
  ['{"a/b~c":{},"a/b~c":[]}', '/a~1b~0c'],
  ['{"\\"":1,"\\"":1}', '/"'],
  ['{"\\\\":1,"b":2,"\\\\":1}', '/\\'],
])('%s has a key twice, at %s', (text, pointer) => {
  expect(repeatedKey(text)).toBe(pointer);
});

test.each([
  '{}',
  '"a"',
  '7',
  'null',
  '{"a":{"a":{"a":1}},"b":{"a":1}}',
  '[{"a":1},{"a":1}]',
  '{"a":"b","b":"a","c":"\\"a\\":1,\\"a\\":2"}',
  '{"a":"{","b":"}","c":["a","a"]}',
  '{"a":"\\\\","b":"a"}',
])('%s has no key twice', (text) => {
  expect(repeatedKey(text)).toBeNull();
});

test('what JSON.stringify writes has none', () => {
  fc.assert(
    fc.property(fc.json(), fc.boolean(), (text, spaced) => {
      const written = spaced ? JSON.stringify(JSON.parse(text), null, 2) : text;
      expect(repeatedKey(JSON.stringify(JSON.parse(written)))).toBeNull();
    }),
  );
});

test('is found at once in the longest body that is read', () => {
  const took = cpuTime(() => {
    repeatedKey(`{"a":"${'\\\\'.repeat(8000)}"}`);
    repeatedKey(`${'['.repeat(8000)}${']'.repeat(8000)}`);
  });
  expect(took).toBeLessThan(2000);
});
