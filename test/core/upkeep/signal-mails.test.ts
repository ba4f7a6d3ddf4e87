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
      ...{ from: null, why: 'Policy does not let you vote on this request.' },
    },
  ],
};

describe('denied attempts', () => {
  test('reach security with the whole story', () => {
    const [security] = principalMailsOf(EVENT);
    expect(security).toMatchObject({
      audience: 'security',
      subject: '[Valet Key] Attempts were denied: people:eve',
      attributes: { requester: 'people:eve', requesterName: 'eve@acme.example' },
    });
    expect(security?.body).toBe(`Attempts were denied.

Who: eve@acme.example (people:eve)
How often: 3 within 1 hour

The last 2:
- 2026-11-23T09:58:00Z database-admin {"table":"orders"}
  from 192.0.2.7
  denied: denied by bo: use the replica
  valetkey events gr_1
- 2026-11-23T10:00:00Z POST /v1/grants/gr_2/approve
  denied: Policy does not let you vote on this request.

You get no further mail about it while it goes on.
See its grants:  valetkey requests --requester people:eve
Keep it out:     valetkey suspend people:eve
What to do: docs/runbooks/denied-attempts.md
`);
  });

  test('are told to the person, with what would help, and without addresses', () => {
    const [, person] = principalMailsOf(EVENT);
    expect(person).toMatchObject({
      audience: 'requesters',
      subject: '[Valet Key] Several of your requests were denied: people:eve',
      attributes: { requester: 'people:eve', requesterName: 'eve@acme.example' },
    });
    expect(person?.body).toBe(`Several of your requests were denied.

The last 2 of 3:
- 2026-11-23T09:58:00Z database-admin {"table":"orders"}: denied by bo: use the replica
- 2026-11-23T10:00:00Z POST /v1/grants/gr_2/approve: Policy does not let you vote on this request.

Nothing is wrong with asking. If these were your requests:
What you may ask for:   valetkey list
What would be decided, and what would help:   valetkey request ENTITLEMENT --dry-run
Ask an approver or the platform team if you do not find what you need.

If these were not your requests, somebody else may use your account. End everything under it:
valetkey suspend me --reason "This was not me"
Only an administrator lets you in again. Your security team got this list, too.
`);
  });

  test('say that they are all where the story has them all', () => {
    const beginnings = principalMailsOf({ ...EVENT, count: 2 }).map(({ body }) => body);
    expect(beginnings).toEqual([
      expect.stringContaining('\nWhat happened:\n- '),
      expect.stringContaining('\n\nThis was denied:\n- '),
    ]);
  });

  test('name somebody without a name by the id', () => {
    const principal = { ...EVENT.principal, name: '\u0000' };
    for (const { attributes } of principalMailsOf({ ...EVENT, principal })) {
      expect(attributes).toEqual({ requester: 'people:eve', requesterName: 'people:eve' });
    }
  });

  test('of a job reach security alone', () => {
    const principal = { ...EVENT.principal, type: 'Workload' } as const;
    const mails = principalMailsOf({ ...EVENT, principal });
    expect(mails.map(({ audience }) => audience)).toEqual(['security']);
  });

  test.each([
    ...(['many-lapses', 'new-network', 'fast-votes', 'approver-burst'] as const),
    ...(['keys-elsewhere', 'keys-chained', 'keys-new-agent', 'keys-refused-burst'] as const),
  ])('are not meant by a signal of the kind %s, which is an event and no mail', (kind) => {
    expect(principalMailsOf({ ...EVENT, kind })).toEqual([]);
  });
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

test('keys that worked after their grant reach security alone, with what was called, and how to keep it out', () => {
  const mails = principalMailsOf({
    ...EVENT,
    ...{ kind: 'keys-after-end', count: 12, reason: '12 calls after its end, not refused' },
    story: [
      {
        ...{ at: '2026-11-23T09:58:00Z', what: 's3:GetObject', why: 'not\u0007 refused' },
        ...{ grant: 'gr_1', from: '198.51.100.0/24' },
      },
      { at: '2026-11-23T09:59:00Z', what: 's3:ListBucket', grant: null, from: null, why: 'x' },
    ],
  });
  expect(mails).toMatchObject([
    {
      audience: 'security',
      subject: '[Valet Key] Keys worked after the end of their grant: people:eve',
    },
  ]);
  expect(mails[0]?.body).toBe(`Keys worked after the end of their grant.

Who: eve@acme.example (people:eve)
What: 12 calls after its end, not refused
The kill switch did not stop them. Look at once whether they work still.

The last 2:
- 2026-11-23T09:58:00Z s3:GetObject: not refused
  from 198.51.100.0/24
  valetkey events gr_1
- 2026-11-23T09:59:00Z s3:ListBucket: x

You get no further mail about this principal for an hour.
Keep it out:     valetkey suspend people:eve
What to do: docs/runbooks/keys-misused.md
`);
});
