import { expect, jest, test } from '@jest/globals';
import { untilActive } from '../../../cli/grants/wait.ts';
import { notes } from '../../../cli/notes.ts';
import { fakeBroker } from '../fake-broker.ts';
import { GRANT } from '../fake-server.ts';

const { broker } = fakeBroker(() => GRANT);
const never = new AbortController().signal;

test('an active grant needs no wait', async () => {
  expect(await untilActive(broker, GRANT, never)).toBe(GRANT);
});

test('a denial ends the wait with the vote behind it', async () => {
  const vote = {
    approver: { type: 'User', id: 'people:bo', name: 'bo' },
    vote: 'deny',
    comment: 'Use the replica',
    at: '2026-11-24T00:00:00Z',
  };
  const denied = { ...GRANT, status: 'denied', approvals: { required: 1, votes: [vote] } };
  await expect(untilActive(broker, denied, never)).rejects.toMatchObject({
    exitCode: 4,
    message: `${GRANT.id} was not granted: it is denied by bo: Use the replica.`,
  });
});

test('a request that lapsed ends the wait with its reason', async () => {
  const lapsed = { ...GRANT, status: 'lapsed', endReason: 'no quorum' };
  await expect(untilActive(broker, lapsed, never)).rejects.toThrow('it is lapsed: no quorum.');
});

test('a request that waits says first what would be allowed at once', async () => {
  const advice = 'Ask for at most 10 minutes: it would be allowed at once.';
  const pending = {
    ...GRANT,
    status: 'pending',
    decision: { ...GRANT.decision, advice: [advice] },
  };
  const note = jest.spyOn(notes, 'note').mockImplementation(() => undefined);
  await expect(untilActive(broker, pending, AbortSignal.abort())).rejects.toThrow();
  await expect(untilActive(broker, { ...pending, status: 'active' }, never)).resolves.toBeDefined();
  const said = note.mock.calls.map(([text]) => text);
  note.mockRestore();
  expect(said.filter((text) => text === advice)).toHaveLength(1);
});

test('an interruption ends the wait', async () => {
  const pending = { ...GRANT, status: 'pending' };
  await expect(untilActive(broker, pending, AbortSignal.abort())).rejects.toMatchObject({
    exitCode: 130,
  });
});
