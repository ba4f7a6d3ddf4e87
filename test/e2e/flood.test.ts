import { expect, test } from '@jest/globals';
import { act, ask, read, tester, untilStatus } from './grant-actions.ts';
import { call } from './support.ts';

/** How many calls of the flood are under way at any time: a bounded one, for a machine that has other work. */
const AT_ONCE = 8;

/** Calls without a token, with a bad one and with a good one, until it is told to stop. */
function flood(token: string) {
  let stopped = false;
  let answered = 0;
  const worker = async (index: number): Promise<void> => {
    while (!stopped) {
      if (index % 4 === 0) await call('GET', '/v1/grants', token);
      else if (index % 4 === 1) await call('POST', '/v1/credentials', 'no.such.token', {});
      else if (index % 4 === 2) await call('POST', '/v1/grants', '', {});
      else await call('GET', '/no/such/call', '');
      answered += 1;
    }
  };
  const workers = Array.from({ length: AT_ONCE }, (_, index) => worker(index));
  return {
    answered: () => answered,
    stop: async () => {
      stopped = true;
      await Promise.all(workers);
    },
  };
}

test('access ends in the middle of a flood, and the flood goes on', async () => {
  const token = await tester();
  const { id } = await ask(token, 'few-vends');
  expect((await act(token, id, 'credentials')).status).toBe(200);
  const running = flood(await tester());
  try {
    const before = running.answered();
    expect((await act(token, id, 'revoke')).status).toBe(200);
    await untilStatus(token, id, 'revoked');
    expect(running.answered()).toBeGreaterThan(before);
  } finally {
    await running.stop();
  }
  expect((await read(token, id)).endReason).not.toBeNull();
}, 300_000);
