import { expect, test } from '@jest/globals';
import { headersOfFile, pagePolicy, typeOfFile } from '../../../core/api/page.ts';

test('only the worker of the engine may compile WebAssembly, and nothing may evaluate text', () => {
  const engine = headersOfFile('engine-ABCD1234.js')['content-security-policy'] ?? '';
  expect(engine.split('; ')).toEqual([
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "base-uri 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ]);
  expect(pagePolicy(['https://login.example'])).not.toContain('unsafe');
});

test.each(['app-ABCD1234.js', 'view-engine-1.js', 'engine-1.css', 'cedar-1.wasm'])(
  '%s has no policy of its own',
  (name) => expect(headersOfFile(name)).toEqual({}),
);

test('the module is served as what browsers compile', () => {
  expect(typeOfFile('cedar-1.wasm')).toBe('application/wasm');
});
