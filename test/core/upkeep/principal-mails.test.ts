import { describe, expect, test } from '@jest/globals';
import type { PrincipalEvent } from '../../../core/audit.ts';
import { principalMailsOf } from '../../../core/upkeep/principal-mails.ts';

const EVENT: PrincipalEvent = {
  ...{ id: 'ev_1', principalId: 'people:ana', type: 'principal-suspended' },
  at: Date.parse('2026-11-23T10:00:00Z'),
  actor: { type: 'User', id: 'people:zoe', name: 'zoe@acme.example' },
  ...{ requestId: 'r-1', sourceIp: '203.0.113.7', reason: 'laptop lost' },
};

describe('the mail about an order', () => {
  test('tells security who, by whom, when and why', () => {
    const [mail] = principalMailsOf(EVENT);
    expect(mail).toMatchObject({
      audience: 'security',
      subject: '[Valet Key] A principal was suspended: people:ana',
      attributes: { requester: 'people:ana', requesterName: 'people:ana' },
    });
    expect(mail?.body.split('\n')).toEqual([
      ...['A principal was suspended.', '', 'Who: people:ana'],
      ...['By: zoe@acme.example (people:zoe)', 'At: 2026-11-23T10:00:00Z', 'Why: laptop lost'],
      '',
      'See its grants: valetkey requests --requester people:ana',
      'See who is suspended: valetkey principals --suspended',
      '',
    ]);
    expect(mail?.body).not.toContain('203.0.113.7');
  });

  test.each([
    ['principal-resumed', 'A suspended principal was resumed'],
    ['principal-revoked', 'All grants of a principal were revoked'],
  ] as const)('of the type %s begins: %s', (type, headline) => {
    expect(principalMailsOf({ ...EVENT, type })).toMatchObject([
      { subject: `[Valet Key] ${headline}: people:ana` },
    ]);
  });

  test('says so where it was a direct order without a reason', () => {
    const [mail] = principalMailsOf({ ...EVENT, actor: 'broker', reason: '' });
    expect(mail?.body).toContain('By: a direct order, without proof of who gave it');
    expect(mail?.body).toContain('Why: (no reason given)');
  });

  test('tells security of those who suspended themselves', () => {
    const actor = { type: 'User', id: 'people:ana', name: 'ana' } as const;
    const [mail, ...more] = principalMailsOf({ ...EVENT, type: 'principal-suspended', actor });
    expect(more).toEqual([]);
    expect(mail).toMatchObject({ audience: 'security' });
    expect(mail?.body).toContain(
      'A principal suspended itself: somebody else may use its identity.',
    );
  });

  test('is not sent where people end their own grants', () => {
    const actor = { type: 'User', id: 'people:ana', name: 'ana' } as const;
    expect(principalMailsOf({ ...EVENT, type: 'principal-revoked', actor })).toEqual([]);
  });
});
