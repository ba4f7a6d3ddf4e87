import { expect, test } from '@jest/globals';
import { unreachable } from '../../core/result.ts';

test('a case that nobody handles ends the call, and is named', () => {
  expect(() => unreachable({ code: 'new' } as never)).toThrow('unhandled case: {"code":"new"}');
});
