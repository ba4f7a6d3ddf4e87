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
    expect(mailsInCrowd(MAILS, PENDING, 11)).toHaveLength(3);
    for (const nth of [12, 500]) expect(mailsInCrowd(MAILS, PENDING, nth)).toEqual([]);
  });

  const MANY = 'Many requests of one principal ask for votes';
  const SILENCE = 'No further mail comes about its requests until the hour is over.';
  test.each([
    [
      'approvers',
      MANY,
      `${SILENCE}

Approve only what somebody asked you for in person. Nobody has to answer all of them: what is not voted on lapses.

What waits for your vote: valetkey requests --reviewable
`,
    ],
    [
      'security',
      MANY,
      `${SILENCE}

Somebody may hope for a yes by mistake. Ask the person, over another channel than this one.

What it asked for: valetkey requests --requester people:ana
Keep it out:       valetkey suspend people:ana --reason "Approvals were bombed"
`,
    ],
    [
      'requesters',
      'Many of your requests ask for votes',
      `Approvers get no further mail about them until the hour is over.

If these are your requests, tell an approver which ones matter.
See them: valetkey requests

If they are not, somebody else may use your account. End everything under it:
valetkey suspend me --reason "This was not me"
Only an administrator lets you in again. Your security team was told, too.
`,
    ],
  ])('tell %s at the eleventh what goes on, and what to do', (to, headline, todo) => {
    const mail = mailsInCrowd(MAILS, PENDING, 11).find(({ audience }) => audience === to);
    expect(mail).toEqual({
      audience: to,
      subject: `[Valet Key] ${headline}: ana@acme.example`,
      body: `${headline}.

Who: ana@acme.example (people:ana)
More than 10 within an hour. ${todo}`,
      attributes: { requester: 'people:ana', requesterName: 'ana@acme.example' },
    });
  });

  test('show a requester without a name by its id, and nothing that hides text', () => {
    const id = 'people:a\u202ena';
    const nameless = { ...PENDING, requester: { type: 'User', id, name: '\u0000' } } as const;
    for (const mail of mailsInCrowd(MAILS, nameless, 11)) {
      expect(mail.attributes).toEqual({ requester: id, requesterName: id });
      expect(mail.body).toContain('Who: people:ana (people:ana)');
    }
  });

  test('are none where the request was answered at once', () => {
    const active = { ...ASKED, status: 'active' } as AuditEvent;
    expect(crowdOf(active, PENDING)).toBeNull();
    expect(crowdOf({ ...active, type: 'reminded' } as AuditEvent, PENDING)).not.toBeNull();
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
