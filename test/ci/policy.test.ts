import { afterAll, describe, expect, test } from '@jest/globals';
import { cleanUp, valetkey } from '../cli/command.ts';

afterAll(cleanUp);

describe('the policy library for CI', () => {
  test('is a valid bundle, without warnings', async () => {
    const { code, out } = await valetkey('policy', 'check', '--strict', '--policy', 'ci/policy');
    expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('is valid') });
  });

  test('passes its cases, which include forged claims', async () => {
    const args = ['policy', 'test', '--policy', 'ci/policy', '--min-coverage', '100'];
    const { code, out } = await valetkey(...args);
    expect({ code, failed: out.match(/✗.*/g) }).toEqual({ code: 0, failed: null });
  });
});
