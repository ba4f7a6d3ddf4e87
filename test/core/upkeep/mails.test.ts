import { describe, expect, test } from '@jest/globals';
import { type AuditEvent, EVENT_TYPES } from '../../../core/audit.ts';
import type { Grant } from '../../../core/grant.ts';
import { mailsOf } from '../../../core/upkeep/mails.ts';
import { ANA, NOW } from '../../support/memory-ports.ts';
import { EXTENSION, grantOf } from '../../support/sample-grants.ts';

const REVIEW: Grant['review'] = {
  status: 'due',
  dueAt: NOW + 86_400_000,
  reminded: false,
  reviewer: null,
  comment: null,
  at: null,
};

const API = 'https://valetkey.acme.example';
const GRANT = grantOf(ANA.principal);
const GLASS = grantOf(ANA.principal, { breakGlass: true, review: REVIEW });

function mails(event: object, grant: Grant, status: Grant['status'] = grant.status) {
  return mailsOf({ status, ...event } as AuditEvent, { ...grant, status }, API);
}

function subjects(event: object, grant: Grant, status?: Grant['status']): readonly string[] {
  return mails(event, grant, status).map(({ audience, subject }) => `${audience}: ${subject}`);
}

const SEE = [
  `See it:       valetkey status ${GRANT.id}`,
  `              ${API}/#/grants/${GRANT.id}`,
  `As JSON:      ${API}/v1/grants/${GRANT.id}`,
  '',
];
const ABOUT = `read (${GRANT.id})`;
const both = (headline: string): readonly string[] => [
  `approvers: [Valet Key] ${headline}: ${ABOUT}`,
  `security: [Valet Key] ${headline}: ${ABOUT}`,
];

describe('a use of break-glass', () => {
  test.each([
    ['requested', 'active'],
    ['approved', 'active'],
    ['started', 'active'],
  ] as const)('is reported to approvers and security once it is %s and %s', (type, status) => {
    const toOthers = (grant: Grant) =>
      subjects({ type }, grant, status).filter((mail) => !mail.startsWith('requesters'));
    expect(toOthers(GLASS)).toEqual(both('Break-glass was used'));
    expect(toOthers(GRANT)).toEqual([]);
  });

  test.each([
    ['requested', 'scheduled'],
    ['requested', 'denied'],
    ['approved', 'scheduled'],
    ['started', 'expired'],
  ] as const)('is not reported while nothing can be vended: %s, %s', (type, status) => {
    expect(subjects({ type }, GLASS, status).join()).not.toContain('Break-glass');
  });

  test('comes with how to end it and until when to review it', () => {
    const [first, second] = mails({ type: 'requested' }, GLASS, 'active');
    expect(second?.body).toBe(first?.body);
    expect(first?.body.split('\n').slice(-7)).toEqual([
      '',
      `End it now:   valetkey revoke ${GRANT.id}`,
      `Review it:    valetkey review ${GRANT.id}    (until 2026-11-24T10:00:00.500Z, once it was used)`,
      ...SEE,
    ]);
  });

  test('that owes no review says nothing about one', () => {
    const [mail] = mails({ type: 'started' }, { ...GLASS, review: null }, 'active');
    expect(mail?.body.split('\n').slice(-6)).toEqual([
      '',
      `End it now:   valetkey revoke ${GRANT.id}`,
      ...SEE,
    ]);
  });

  test('asks for its review when that is due', () => {
    const due = { type: 'review-reminded', dueAt: NOW };
    expect(subjects(due, GLASS, 'revoked')).toEqual(both('A break-glass use needs its review'));
    for (const { body } of mails(due, GLASS, 'revoked')) {
      expect(body).toContain('Review it:    valetkey review');
      expect(body).not.toContain('End it now');
    }
  });
});

describe('a request', () => {
  const PENDING = { ...GRANT, status: 'pending', startsAt: null, expiresAt: null } as const;
  const lapsing = (lapseAt: number | null): Grant => ({
    ...PENDING,
    approvals: { ...GRANT.approvals, lapseAt },
  });

  test.each([
    ['requested', 'A request waits for your vote'],
    ['reminded', 'A request still waits for your vote'],
    ['escalated', 'A request was escalated to the second tier'],
  ])('that was %s asks the approvers for their votes', (type, headline) => {
    expect(subjects({ type }, PENDING)).toEqual([`approvers: [Valet Key] ${headline}: ${ABOUT}`]);
    const [mail] = mails({ type }, lapsing(NOW));
    expect(mail?.body).toBe(`${headline}.

Who: ana@acme.example (people:ana)
What: read {"prefix":"a"}
How long: 30 minutes
Why: a test

Say yes:      valetkey approve ${GRANT.id}
Say no:       valetkey deny ${GRANT.id} --comment "Use the replica"
Without enough votes it lapses at 2026-11-23T10:00:00.500Z.
See it:       valetkey status ${GRANT.id}
              https://valetkey.acme.example/#/grants/${GRANT.id}
As JSON:      https://valetkey.acme.example/v1/grants/${GRANT.id}
`);
  });

  test('for break-glass that waits for votes asks for them as any other', () => {
    expect(subjects({ type: 'requested' }, { ...PENDING, breakGlass: true })).toHaveLength(1);
  });

  test('for an extension asks for votes on it, and says how much more and why', () => {
    const headline = 'An extension waits for your vote';
    const grant = { ...GRANT, extension: EXTENSION };
    const type = 'extension-requested';
    expect(subjects({ type }, grant)).toEqual([`approvers: [Valet Key] ${headline}: ${ABOUT}`]);
    // It may have been decided by the time the mail is written.
    expect(mails({ type }, GRANT)).toEqual([]);
    const [silent] = mails({ type }, { ...GRANT, extension: { ...EXTENSION, justification: '' } });
    expect(silent?.body).toContain('\nWhy more: (no reason given)\n');
    const [mail] = mails({ type }, grant);
    const named = `--extension ${new Date(EXTENSION.requestedAt).toISOString()}`;
    expect(mail?.body.split('\n').slice(-10)).toEqual([
      'More time: 1800 seconds, from the approval or from a later start',
      'Why more: longer',
      '',
      `Say yes:      valetkey approve ${GRANT.id} ${named}`,
      `Say no:       valetkey deny ${GRANT.id} ${named} --comment "Use the replica"`,
      'Without enough votes it lapses at 2026-11-23T10:15:00.123Z.',
      `See it:       valetkey status ${GRANT.id}`,
      `              https://valetkey.acme.example/#/grants/${GRANT.id}`,
      `As JSON:      https://valetkey.acme.example/v1/grants/${GRANT.id}`,
      '',
    ]);
  });

  test('with a vote of an account that has the name of the requester tells security', () => {
    const warning = 'the account people:ana2 has the name of the requester';
    const [mail, ...others] = mails({ type: 'voted', warning }, PENDING);
    expect(others).toEqual([]);
    expect(mail?.audience).toBe('security');
    expect(mail?.subject).toBe(`[Valet Key] A voter may be the requester: ${ABOUT}`);
    expect(mail?.body).toContain(`Warning: ${warning}.`);
    expect(mails({ type: 'voted' }, PENDING)).toEqual([]);
  });

  test('that never lapses names no time', () => {
    const [mail] = mails({ type: 'requested' }, lapsing(null));
    expect(mail?.body.split('\n').slice(7)).toEqual([
      `Say yes:      valetkey approve ${GRANT.id}`,
      `Say no:       valetkey deny ${GRANT.id} --comment "Use the replica"`,
      ...SEE,
    ]);
  });

  test('with a match code says how to get it, and where it goes', () => {
    const grant = lapsing(null);
    const approvals = { ...grant.approvals, matchCode: { hash: 'x', triesLeft: 3 } };
    const [mail] = mails({ type: 'requested' }, { ...grant, approvals });
    expect(mail?.body.split('\n').slice(7, 10)).toEqual([
      'Ask the requester, in person or by phone, for the two digits NN that they were shown.',
      `Say yes:      valetkey approve ${GRANT.id} --code NN`,
      `Say no:       valetkey deny ${GRANT.id} --comment "Use the replica"`,
    ]);
  });

  test('names everything that is known of it', () => {
    const [mail] = mails(
      { type: 'requested' },
      {
        ...PENDING,
        startsAt: NOW,
        expiresAt: NOW + 1000,
        keysValidUntil: NOW + 2000,
        justification: '',
        ticket: 'OPS-1',
      },
    );
    expect(mail?.body.split('\n').slice(5, 11)).toEqual([
      'From: 2026-11-23T10:00:00.500Z',
      'Until: 2026-11-23T10:00:01.500Z',
      'Keys may work until: 2026-11-23T10:00:02.500Z',
      'Why: (no reason given)',
      'Ticket: OPS-1',
      '',
    ]);
  });
});

describe('the requester hears what became of a request', () => {
  test('and in every mail what to do if somebody else asked; nobody else reads that', () => {
    const changes = { extension: EXTENSION, review: REVIEW, breakGlass: true };
    const all = EVENT_TYPES.flatMap((type) =>
      mails({ type, reason: 'r', actor: ANA.principal, warning: 'w' }, { ...GRANT, ...changes }),
    );
    const saysHow = ({ body }: { readonly body: string }) => body.includes('valetkey suspend me');
    const audiences = (mail: typeof all) => new Set(mail.map(({ audience }) => audience));
    expect(audiences(all.filter(saysHow))).toEqual(new Set(['requesters']));
    expect(audiences(all.filter((mail) => !saysHow(mail)))).toEqual(
      new Set(['approvers', 'security']),
    );
  });

  const BO = { type: 'User', id: 'people:bo', name: 'bo@acme.example' } as const;
  const vote = {
    approver: BO,
    vote: 'approve',
    comment: 'go ahead',
    at: NOW,
    marks: [],
    facts: null,
  } as const;
  const VOTED = { ...GRANT, approvals: { ...GRANT.approvals, votes: [vote] } };

  test.each([
    ['approved', 'active', 'Your request was approved'],
    ['approved', 'scheduled', 'Your request was approved'],
    ['denied', 'denied', 'Your request was denied'],
    ['lapsed', 'lapsed', 'Your request lapsed: not enough people voted'],
  ] as const)('that was %s and is %s', (type, status, headline) => {
    expect(subjects({ type, reason: 'x' }, GRANT, status)).toEqual([
      `requesters: [Valet Key] ${headline}: ${ABOUT}`,
    ]);
  });

  test('with who approved it, and how to use it', () => {
    const [mail] = mails({ type: 'approved' }, VOTED, 'active');
    expect(mail?.body.split('\n').slice(-8)).toEqual([
      '',
      'Approved by:  bo@acme.example: go ahead',
      `Use it:       valetkey exec read --grant ${GRANT.id} -- COMMAND`,
      'Not you?      valetkey suspend me --reason "This was not me"',
      ...SEE,
    ]);
  });

  test('with who voted against it as well, and no comment where there was none', () => {
    const against = { ...vote, vote: 'deny', comment: null } as const;
    const votes = { ...VOTED, approvals: { ...VOTED.approvals, votes: [vote, against] } };
    const [mail] = mails({ type: 'approved' }, votes, 'active');
    expect(mail?.body).toContain('\nOpposed by:  bo@acme.example\n');
  });

  test('with who denied it and why', () => {
    const reason = 'denied by bo@acme.example: use the replica';
    const [mail] = mails({ type: 'denied', reason }, GRANT, 'denied');
    expect(mail?.body).toContain(`\nReason:       ${reason}\n`);
  });

  test('with how to ask again for what lapsed', () => {
    const [mail] = mails({ type: 'lapsed' }, GRANT, 'lapsed');
    expect(mail?.body).toContain('\nAsk again:    valetkey request read\n');
  });

  test('but gets no mail about a denial that was the answer to the request itself', () => {
    expect(subjects({ type: 'requested' }, GRANT, 'denied')).toEqual([]);
  });
});

describe('every mail', () => {
  const EVERY = [
    ...['requested', 'reminded', 'escalated', 'approved', 'denied', 'lapsed', 'started'],
    ...['review-reminded', 'kill-failed', 'outlived'],
  ];
  const all = EVERY.flatMap((type) =>
    (['active', 'pending'] as const).flatMap((status) => mails({ type }, GLASS, status)),
  );

  test('names a command and a link', () => {
    expect(all.length).toBeGreaterThan(15);
    for (const { body } of all) {
      expect(body).toMatch(/valetkey [a-z]+ gr_0/);
      expect(body).toContain(`${API}/v1/grants/${GRANT.id}`);
      expect(body).not.toMatch(/POST|GET \//);
    }
  });

  test('says whose grant it is, so that subscriptions can filter by the id', () => {
    for (const { attributes } of all) {
      expect(attributes).toEqual({ requester: 'people:ana', requesterName: 'ana@acme.example' });
    }
    const nameless = { ...GLASS, requester: { ...GLASS.requester, name: '\u0000' } };
    for (const { attributes } of mails({ type: 'started' }, nameless, 'active')) {
      expect(attributes.requesterName).toBe('people:ana');
    }
  });

  test('shows nothing that hides text or adds a line, in ids and reasons, too', () => {
    const id = 'people:a\u202ena';
    const grant = { ...GRANT, requester: { ...GRANT.requester, id } };
    const [mail] = mails({ type: 'kill-failed', role: 'r', reason: 'no\nWho: bo' }, grant);
    expect(mail?.body).toContain('Who: ana@acme.example (people:ana)\n');
    expect(mail?.body).toContain('\nReason: noWho: bo\n');
    expect(mail?.attributes.requester).toBe(id);
  });

  test.each(['', '/', '//'])('has a link without a doubled slash: %j', (end) => {
    const [mail] = mailsOf({ type: 'lapsed' } as AuditEvent, GRANT, `${API}${end}`);
    expect(mail?.body).toContain(`${API}/v1/grants/`);
  });
});

describe('a kill switch that fails', () => {
  test('is reported to security with the role, the reason and the runbook', () => {
    const role = 'arn:aws:iam::111122223333:role/read';
    const sent = mails({ type: 'kill-failed', role, reason: 'AccessDenied' }, GRANT, 'revoking');
    expect(sent).toHaveLength(1);
    expect(sent[0]).toMatchObject({
      audience: 'security',
      subject: `[Valet Key] The kill switch cannot be written: ${ABOUT}`,
    });
    expect(sent[0]?.body).toContain(
      `\nRole: ${role}\nReason: AccessDenied\nIts keys may work until`,
    );
    expect(sent[0]?.body).toContain('docs/runbooks/kill-switch-cannot-be-written.md');
  });

  test('until the keys ran out is reported to security with what to look for', () => {
    const sent = mails({ type: 'outlived', reason: 'x' }, GRANT, 'expired');
    expect(sent).toHaveLength(1);
    expect(sent[0]).toMatchObject({
      audience: 'security',
      subject: expect.stringMatching(/^\[Valet Key\] Keys ran out before the kill switch could be/),
    });
    expect(sent[0]?.body).toContain(`CloudTrail what they did after the revocation:\n`);
    expect(sent[0]?.body).toContain(`the SourceIdentity ends in ${GRANT.id}.`);
  });
});

const MAILED = [
  ...['requested', 'approved', 'started', 'reminded', 'escalated', 'review-reminded'],
  ...['kill-failed', 'outlived', 'denied', 'lapsed', 'extension-requested'],
  ...['extended', 'extension-refused'],
];

test('about an extension that people decided reaches its requester', () => {
  const refused = { type: 'extension-refused', reason: 'denied by bo@acme.example' };
  expect(subjects(refused, GRANT)).toEqual([
    `requesters: [Valet Key] Your extension was denied: ${ABOUT}`,
  ]);
  expect(mails(refused, GRANT)[0]?.body).toContain('\nReason:       denied by bo@acme.example\n');
  expect(
    subjects({ type: 'extended', actor: { ...GRANT.requester, id: 'people:bo' } }, GRANT),
  ).toEqual([`requesters: [Valet Key] Your extension was approved: ${ABOUT}`]);
  expect(subjects({ type: 'extended', actor: GRANT.requester }, GRANT)).toEqual([]);
  expect(subjects({ type: 'extended', actor: 'broker' }, GRANT)).toEqual([]);
});

test.each(EVENT_TYPES.filter((type) => !MAILED.includes(type)))(
  'nobody gets a mail about an event of the type %s',
  (type) => {
    expect(mails({ type }, GLASS, 'active')).toEqual([]);
  },
);

test('a subject is at most 100 characters of printable ASCII', () => {
  const [mail] = mails({ type: 'reminded' }, { ...GRANT, entitlement: `ü\n${'x'.repeat(99)}` });
  expect(mail?.subject).toBe(
    `[Valet Key] A request still waits for your vote: ??${'x'.repeat(99)}`.slice(0, 100),
  );
});
