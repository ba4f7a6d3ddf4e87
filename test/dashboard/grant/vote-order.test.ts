import { expect, test } from '@jest/globals';
import { Problem } from '../../../dashboard/api/problem.ts';
import type { Grant } from '../../../dashboard/api/types.ts';
import { explainRefusal, voteBody, votedInWords } from '../../../dashboard/grant/vote-order.ts';
import { type Waiting, waitingOf } from '../../../dashboard/grant/waiting.ts';

const APPROVALS = { required: 1, votes: [], escalated: false, lapsesAt: null };

const grant = (changes: Partial<Grant> = {}): Grant =>
  ({
    ...{ id: 'gr_1', status: 'pending', requester: { id: 'people:ana', name: 'ana' } },
    ...{ createdAt: '2026-11-27T09:00:00Z', extension: null, approvals: APPROVALS },
    ...changes,
  }) as unknown as Grant;

const EXTENSION = {
  ...{ durationSeconds: 1800, justification: 'more', requestedAt: '2026-11-27T09:30:00Z' },
  approvals: APPROVALS,
} as unknown as NonNullable<Grant['extension']>;

const NOW = Date.parse('2026-11-27T10:00:00Z');
const waits = (of: Grant): Waiting => waitingOf(of, NOW) as Waiting;
const withCode = (triesLeft: number) => ({ ...APPROVALS, matchCode: { triesLeft } });

const problem = (status: number, detail: string, members: object = {}) =>
  new Problem({ type: 'x', title: 'x', status, detail, ...members }, null);

test('a vote on an extension names it, one on a request does not', () => {
  const typed = { comment: ' fine\nwith me ', matchCode: '' };
  expect(voteBody('approve', waits(grant()), typed)).toEqual({ comment: 'fine with me' });
  const running = grant({ status: 'active', extension: EXTENSION });
  expect(voteBody('deny', waits(running), { comment: '', matchCode: '' })).toEqual({
    extension: '2026-11-27T09:30:00Z',
  });
});

test('only a yes sends the code, and only where one is asked for', () => {
  const typed = { comment: '', matchCode: ' 47 ' };
  const asked = waits(grant({ approvals: withCode(3) }));
  expect(voteBody('approve', asked, typed)).toEqual({ matchCode: '47' });
  expect(voteBody('deny', asked, typed)).toEqual({});
  expect(voteBody('approve', waits(grant()), typed)).toEqual({});
});

test('what lapsed or was decided waits no more', () => {
  const lapsed = { ...APPROVALS, lapsesAt: '2026-11-27T09:59:00Z' };
  expect(waitingOf(grant({ approvals: lapsed }), NOW)).toBeNull();
  expect(waitingOf(grant({ status: 'denied' }), NOW)).toBeNull();
  expect(waitingOf(grant({ status: 'expired', extension: EXTENSION }), NOW)).toBeNull();
});

test('a wrong code belongs to its field, the last one to the state of the grant', () => {
  const again = problem(403, 'The match code is wrong. 2 tries left.', {
    grant: grant({ approvals: withCode(2) }),
  });
  expect(explainRefusal(again, { matchCode: '11' })).toMatchObject({ kind: 'code' });
  const last = problem(403, 'The match code was wrong three times.', {
    grant: grant({ status: 'denied', approvals: withCode(0) }),
  });
  expect(explainRefusal(last, { matchCode: '11' })).toMatchObject({ kind: 'decided' });
});

test('who may not vote, comes late or gets no answer reads why', () => {
  const mayNot = problem(403, 'Policy does not let you vote on this request.', { grant: grant() });
  expect(explainRefusal(mayNot, {})).toEqual({
    kind: 'refused',
    text: 'Policy does not let you vote on this request.',
  });
  expect(explainRefusal(mayNot, { matchCode: '11' }).kind).toBe('refused');
  const late = problem(409, 'The grant is active, not pending.', {
    grant: grant({ status: 'active' }),
  });
  expect(explainRefusal(late, {})).toMatchObject({ kind: 'decided', grant: { status: 'active' } });
  expect(explainRefusal(problem(503, 'later'), {}).kind).toBe('failed');
  expect(explainRefusal(new Error('x'), {}).kind).toBe('failed');
});

test('the notice says what the vote did', () => {
  const waiting = waits(grant());
  const said = (choice: 'approve' | 'deny', after: Partial<Grant>) =>
    votedInWords(choice, waiting, grant(after), 'Look up orders');
  expect(said('approve', { status: 'active' })).toBe(
    'Approved: Look up orders for ana is active now.',
  );
  expect(said('deny', { status: 'denied' })).toBe('Denied: Look up orders for ana.');
  const half = { ...APPROVALS, required: 2, votes: [{ vote: 'approve' }] };
  expect(said('approve', { approvals: half as unknown as Grant['approvals'] })).toContain(
    '1 of 2 approvals',
  );
  const extended = waits(grant({ status: 'active', extension: EXTENSION }));
  expect(votedInWords('approve', extended, grant({ status: 'active' }), 'Look up orders')).toBe(
    'Approved: Look up orders for ana lasts longer now.',
  );
});
