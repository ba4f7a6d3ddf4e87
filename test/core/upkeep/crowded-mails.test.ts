import { describe, expect, test } from '@jest/globals';
import { type AuditEvent, EVENT_TYPES } from '../../../core/audit.ts';
import { crowdOf, mailsInCrowd } from '../../../core/upkeep/crowded-mails.ts';
import { mailsOf } from '../../../core/upkeep/mails.ts';
import { ANA, NOW } from '../../support/memory-ports.ts';
import { EXTENSION, grantOf } from '../../support/sample-grants.ts';

const PENDING = grantOf(ANA.principal, { status: 'pending', extension: EXTENSION });
const ASKED = { type: 'requested', status: 'pending', at: NOW } as unknown as AuditEvent;
const MAILS = mailsOf(ASKED, PENDING, 'https://valetkey.acme.example');
const HOUR = 3_600_000;

describe('mails that ask for votes', () => {
  test('are sent one by one up to ten an hour; the eleventh stands for all, and none follows', () => {
    for (const nth of [0, 1, 10]) expect(mailsInCrowd(MAILS, PENDING, nth)).toBe(MAILS);
    const [toApprovers, toSecurity, toRequester, ...more] = mailsInCrowd(MAILS, PENDING, 11);
    expect(more).toEqual([]);
    expect(toApprovers).toMatchObject({
      audience: 'approvers',
      attributes: { requester: 'people:ana' },
    });
    expect(toApprovers?.body).toContain('valetkey requests --votable');
    expect(toSecurity).toMatchObject({ audience: 'security' });
    expect(toSecurity?.body).toContain('valetkey suspend people:ana');
    expect(toRequester).toMatchObject({
      audience: 'requesters',
      attributes: { requester: 'people:ana' },
    });
    expect(toRequester?.body).toContain('valetkey suspend me --reason "This was not me"');
    for (const nth of [12, 500]) expect(mailsInCrowd(MAILS, PENDING, nth)).toEqual([]);
  });

  test('are no mail to a requester that is a workload', () => {
    const job = grantOf({ ...ANA.principal, type: 'Workload' }, { status: 'pending' });
    const audiences = mailsInCrowd(MAILS, job, 11).map(({ audience }) => audience);
    expect(audiences).toEqual(['approvers', 'security']);
  });

  test('are counted by their type, by the requester and by the hour', () => {
    const crowd = crowdOf(ASKED, PENDING);
    expect(crowd).toEqual({
      type: 'requested',
      requester: 'people:ana',
      hour: Math.floor(NOW / HOUR),
    });
    const later = { ...ASKED, at: NOW + HOUR } as AuditEvent;
    expect(crowdOf(later, PENDING)?.hour).toBe((crowd?.hour ?? 0) + 1);
  });

  test('are those that tell approvers alone what waits for them, and no other mail is held back', () => {
    for (const type of EVENT_TYPES) {
      for (const status of ['pending', 'active'] as const) {
        const event = {
          type,
          status,
          at: NOW,
          reason: 'r',
          actor: ANA.principal,
        } as unknown as AuditEvent;
        const mails = mailsOf(event, { ...PENDING, status }, '');
        const asks = mails.some(({ body }) => body.includes('valetkey approve'));
        expect([type, status, asks && crowdOf(event, PENDING) === null]).toEqual([
          type,
          status,
          false,
        ]);
        const others = mails.filter(({ audience }) => audience !== 'approvers');
        if (others.length > 0) expect([type, crowdOf(event, PENDING)]).toEqual([type, null]);
      }
    }
  });
});
