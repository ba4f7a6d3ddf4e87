import { describe, expect, test } from '@jest/globals';
import { GRANT_STATUSES, type Grant } from '../../../core/grant.ts';
import { dueReminder, nextReminderAt } from '../../../core/lifecycle/reminders.ts';
import { activeGrant, NO_APPROVALS, NOW } from '../../support/sample-grants.ts';

const [REMIND, ESCALATE, LAPSE] = [NOW + 1000, NOW + 2000, NOW + 3000];

function waiting(approvals: Partial<Grant['approvals']> = {}): Grant {
  const times = { remindAt: REMIND, escalateAt: ESCALATE, lapseAt: LAPSE };
  const terms = { ...NO_APPROVALS, required: 1, refusals: 1, ...times, ...approvals };
  return activeGrant({ status: 'pending', startsAt: null, expiresAt: null, approvals: terms });
}

describe('a request that waits for votes', () => {
  test.each([
    ['nothing', NOW],
    ['nothing', REMIND - 1],
    ['reminded', REMIND],
    ['reminded', ESCALATE - 1],
    ['escalated', ESCALATE],
    ['escalated', LAPSE - 1],
    ['lapsed', LAPSE],
    ['lapsed', LAPSE + 86_400_000],
  ])('is due for: %s, at %i', (kind, at) => {
    expect(dueReminder(waiting(), at).kind).toBe(kind);
  });

  test('reminds its approvers once', () => {
    const grant = waiting();
    const approvals = { ...grant.approvals, remindAt: null };
    const reminded = { ...grant, version: 2, approvals };
    expect(dueReminder(grant, REMIND)).toEqual({ kind: 'reminded', grant: reminded });
    expect(dueReminder(reminded, REMIND)).toEqual({ kind: 'nothing' });
  });

  test('asks the second tier once', () => {
    const grant = waiting({ remindAt: null });
    const approvals = { ...grant.approvals, escalated: true, escalateAt: null };
    const escalated = { ...grant, version: 2, approvals };
    expect(dueReminder(grant, ESCALATE)).toEqual({ kind: 'escalated', grant: escalated });
    expect(dueReminder(escalated, ESCALATE)).toEqual({ kind: 'nothing' });
  });

  test('lapses at the time that was set, however late that is noticed', () => {
    const grant = waiting();
    const changes = { status: 'lapsed', endedAt: LAPSE, endReason: 'nobody voted in time' };
    const lapsed = { ...grant, ...changes, version: 2 };
    expect(dueReminder(grant, LAPSE + 5000)).toEqual({ kind: 'lapsed', grant: lapsed });
  });

  test('needs no reminder after the escalation', () => {
    const due = dueReminder(waiting(), ESCALATE);
    if (due.kind !== 'escalated') throw new Error(due.kind);
    expect(dueReminder(due.grant, LAPSE - 1)).toEqual({ kind: 'nothing' });
  });

  test('waits without end where no time was set', () => {
    const endless = waiting({ remindAt: null, escalateAt: null, lapseAt: null });
    expect(dueReminder(endless, LAPSE)).toEqual({ kind: 'nothing' });
  });

  test.each(GRANT_STATUSES.filter((status) => status !== 'pending'))(
    'is over when it is %s',
    (status) => {
      expect(dueReminder({ ...waiting(), status }, LAPSE)).toEqual({ kind: 'nothing' });
    },
  );
});

test.each([
  ['the reminder', {}, REMIND],
  ['the escalation after the reminder', { remindAt: null }, ESCALATE],
  ['the lapse at last', { remindAt: null, escalateAt: null }, LAPSE],
  ['whatever is first', { remindAt: LAPSE + 1, escalateAt: null }, LAPSE],
])('what is next due is %s', (_, approvals, at) => {
  expect(nextReminderAt(waiting(approvals))).toBe(at);
});
