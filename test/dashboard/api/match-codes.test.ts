import { expect, test } from '@jest/globals';
import {
  asksForMatchCode,
  keepMatchCode,
  matchCodeOf,
} from '../../../dashboard/api/match-codes.ts';
import type { Grant } from '../../../dashboard/api/types.ts';
import { allDrafts } from '../../../dashboard/sign-in/drafts.ts';

const approvals = { required: 1, votes: [], escalated: false, lapsesAt: null };
const asking = { ...approvals, matchCode: { triesLeft: 3 } };

function grant(changes: Partial<Grant>): Grant {
  return { id: 'gr_1', status: 'pending', approvals: asking, extension: null, ...changes } as Grant;
}

test('the digits are shown while their request waits, and not to what asks for none', () => {
  keepMatchCode(grant({ matchCode: '07' }));
  expect(matchCodeOf(grant({}))).toBe('07');
  expect(matchCodeOf(grant({ id: 'gr_2' }))).toBeNull();
  expect(matchCodeOf(grant({ status: 'active', approvals }))).toBeNull();
});

test('an extension has digits of its own', () => {
  const extension = {
    ...{ durationSeconds: 600, justification: '', requestedAt: '2026-11-27T10:00:00Z' },
    ...{ approvals: asking, decision: {} as Grant['decision'] },
  };
  const waiting = { id: 'gr_3', status: 'active', approvals, extension } as const;
  keepMatchCode(grant({ ...waiting, matchCode: '42' }));
  expect(matchCodeOf(grant(waiting))).toBe('42');
  const later = { ...extension, requestedAt: '2026-11-27T11:00:00Z' };
  expect(matchCodeOf(grant({ ...waiting, extension: later }))).toBeNull();
  expect(asksForMatchCode(grant({ ...waiting, extension: null }))).toBe(false);
});

test('they survive a new sign-in with what was typed', () => {
  keepMatchCode(grant({ id: 'gr_4', matchCode: '11' }));
  expect(allDrafts()['match-codes']).toMatchObject({ gr_4: '11' });
});
