import { describe, expect, test } from '@jest/globals';
import type { PrincipalEvent } from '../../../core/audit.ts';
import { principalMailsOf } from '../../../core/upkeep/principal-mails.ts';

const EVENT: Extract<PrincipalEvent, { type: 'signal-raised' }> = {
  ...{ id: 'ev_1', principalId: 'people:eve', type: 'signal-raised', kind: 'many-denials' },
  at: Date.parse('2026-11-23T10:00:00Z'),
  ...{ actor: 'broker', requestId: 'r-1', sourceIp: null, reason: '3 within 1 hour', count: 3 },
  principal: { type: 'User', id: 'people:eve', name: 'eve@acme.example' },
  story: [
    {
      ...{ at: '2026-11-23T09:58:00Z', what: 'database-admin {"table":"orders"}' },
      ...{ grant: 'gr_1', from: '192.0.2.7', why: 'denied by bo: use\u0007 the replica' },
    },
    {
      ...{ at: '2026-11-23T10:00:00Z', what: 'POST /v1/grants/gr_2/approve', grant: null },
      ...{ from: '192.0.2.7', why: 'Policy does not let you vote on this request.' },
    },
  ],
};

describe('denied attempts', () => {
  const [security, person] = principalMailsOf(EVENT);

  test('reach security with the whole story', () => {
    expect(security).toMatchObject({
      audience: 'security',
      subject: '[Valet Key] Attempts were denied: people:eve',
      attributes: { requester: 'people:eve', requesterName: 'eve@acme.example' },
    });
    expect(security?.body).toContain(
      'Who: eve@acme.example (people:eve)\nHow often: 3 within 1 hour',
    );
    expect(security?.body).toContain(
      '- 2026-11-23T09:58:00Z database-admin {"table":"orders"}\n  from 192.0.2.7\n  denied: denied by bo: use',
    );
    expect(security?.body).toContain('valetkey events gr_1');
    expect(security?.body).toContain('docs/runbooks/denied-attempts.md');
    expect(security?.body).not.toContain('\u0007');
  });

  test('are told to the person, with what would help, and without addresses', () => {
    expect(person).toMatchObject({
      audience: 'requesters',
      subject: '[Valet Key] Several of your requests were denied: people:eve',
      attributes: { requester: 'people:eve', requesterName: 'eve@acme.example' },
    });
    expect(person?.body).toContain('Nothing is wrong with asking.');
    expect(person?.body).toContain('valetkey list');
    expect(person?.body).toContain('If these were not your requests');
    expect(person?.body).not.toContain('192.0.2.7');
  });

  test('say how many there were where the story is shorter', () => {
    const mails = principalMailsOf({ ...EVENT, count: 12 });
    expect(mails.map(({ body }) => /The last 2( of 12)?:/.test(body))).toEqual([true, true]);
  });

  test('of a job reach security alone', () => {
    const principal = { ...EVENT.principal, type: 'Workload' } as const;
    const mails = principalMailsOf({ ...EVENT, principal });
    expect(mails.map(({ audience }) => audience)).toEqual(['security']);
  });

  test.each(['many-lapses', 'new-network', 'fast-votes', 'approver-burst'] as const)(
    'are not meant by a signal of the kind %s, which is an event and no mail',
    (kind) => {
      expect(principalMailsOf({ ...EVENT, kind })).toEqual([]);
    },
  );
});

test('a kill switch that is almost full reaches security alone, with the role and who needs most', () => {
  const mails = principalMailsOf({
    ...EVENT,
    ...{ kind: 'kill-switch-pressure', count: 214, role: 'arn:aws:iam::1:role/r', percent: 74 },
    story: [
      {
        ...{ at: '2026-11-23T09:58:00Z', what: '200 ended and 3 open grants of people:eve' },
        ...{ grant: 'gr_1', from: null, why: '61 % of the room' },
      },
    ],
  });
  expect(mails).toMatchObject([
    {
      audience: 'security',
      subject: '[Valet Key] A kill switch is almost full: people:eve',
    },
  ]);
  expect(mails[0]?.body).toContain('Role: arn:aws:iam::1:role/r');
  expect(mails[0]?.body).toContain('214 ended grants with living keys need 74 % of the room');
  expect(mails[0]?.body).toContain(
    '- 200 ended and 3 open grants of people:eve: 61 % of the room\n  valetkey events gr_1',
  );
  expect(mails[0]?.body).toContain('docs/runbooks/kill-switch-pressure.md');
});
