import { describe, expect, test } from '@jest/globals';
import type { AuditEvent, Happening } from '../../../core/audit.ts';
import { describeGrant, hasBrokenGlass, stageOf } from '../../../core/chat/describe-grant.ts';
import { SEEN_IN_CHAT } from '../../../core/chat/event-types.ts';
import { followUpsOf } from '../../../core/chat/follow-ups.ts';
import type { Grant } from '../../../core/grant.ts';
import { QUIET } from '../../../core/request-signals.ts';
import {
  activeGrant,
  EXTENSION,
  NO_APPROVALS,
  NOW,
  requestedEvent,
} from '../../support/sample-grants.ts';

const API = 'https://valetkey.acme.example';
const ABOUT = { title: 'Read the artifacts', risk: 'high' };
const BOB = { type: 'User' as const, id: 'people:bob', name: 'bob@acme.example' };

const pending = (changes: Partial<Grant> = {}): Grant =>
  activeGrant({
    status: 'pending',
    startsAt: null,
    expiresAt: null,
    approvals: { ...NO_APPROVALS, required: 2, lapseAt: NOW + 3_600_000 },
    ...changes,
  });
const factsOf = (grant: Grant) =>
  Object.fromEntries(
    describeGrant(grant, ABOUT, 'approvers', API).facts.map(({ name, value }) => [name, value]),
  );

describe('a message about a request', () => {
  const grant = pending({
    ticket: 'OPS-1',
    requestedWith: {
      ...activeGrant().requestedWith,
      signals: { ...QUIET, newNetwork: true, deniedInARow: 3 },
    },
    approvals: {
      ...pending().approvals,
      votes: [{ approver: BOB, vote: 'approve', comment: null, at: NOW, marks: [], facts: null }],
      matchCode: { hash: 'h', triesLeft: 3 },
    },
  });

  test('has everything that a vote needs, and who has voted', () => {
    expect(factsOf(grant)).toEqual({
      Who: `ana@acme.example (${grant.requester.id})`,
      What: 'Read the artifacts (artifacts-read)',
      Parameters: 'prefix = releases/1',
      Risk: 'high',
      Unusual: '3 denied in a row, from a network not seen before',
      Ticket: 'OPS-1',
      'How long': '15 minutes',
      Votes: '1 of 2, bob@acme.example approved',
      Lapses: '2026-11-23 11:00 UTC',
      Why: 'a contract',
    });
  });

  test('leads to the page, with the id and nothing else', () => {
    expect(describeGrant(grant, ABOUT, 'approvers', `${API}/`)).toMatchObject({
      headline: 'A request waits for your vote',
      tone: 'waiting',
      link: { label: 'Review', url: `${API}/#/grants/${grant.id}` },
    });
  });

  test('says what to ask for where there is a match code, and never shows it', () => {
    const said = describeGrant(grant, ABOUT, 'approvers', API);
    expect(said.notes).toEqual([expect.stringContaining('the two digits')]);
    expect(JSON.stringify(said)).not.toContain('"h"');
  });

  test('tells its requester what to do if it was not theirs', () => {
    const { headline, notes } = describeGrant(grant, ABOUT, 'requester', API);
    expect(headline).toBe('Your request waits for votes');
    expect(notes).toEqual([expect.stringContaining('valetkey suspend me')]);
  });

  test('works with an entitlement that the bundle does not have any more', () => {
    const nothing = { title: null, risk: null };
    const { facts } = describeGrant(grant, nothing, 'approvers', API);
    expect(facts[1]).toEqual({ name: 'What', value: 'artifacts-read' });
    expect(facts.map(({ name }) => name)).not.toContain('Risk');
  });
});

test('an extension shows what it asks for, and its own votes', () => {
  const approvals = { ...EXTENSION.approvals, required: 1 };
  const facts = factsOf(activeGrant({ extension: { ...EXTENSION, approvals } }));
  expect(facts).toMatchObject({
    'More time': '30 minutes',
    'Why more': 'longer',
    Votes: '0 of 1',
    Until: '2026-11-23 10:15 UTC',
  });
});

describe('what people see of a grant', () => {
  const review = {
    ...{ status: 'due' as const, dueAt: NOW, reminded: false },
    ...{ reviewer: null, comment: null, at: null },
  };
  test.each([
    [pending(), 'waits'],
    [pending({ approvals: { ...NO_APPROVALS, escalated: true } }), 'escalated'],
    [activeGrant({ extension: EXTENSION }), 'extension-waits'],
    [activeGrant(), 'approved'],
    [activeGrant({ status: 'scheduled' }), 'approved'],
    [activeGrant({ breakGlass: true }), 'break-glass'],
    [activeGrant({ breakGlass: true, status: 'revoked', review }), 'break-glass-ended'],
    [pending({ breakGlass: true, status: 'denied' }), 'denied'],
    [activeGrant({ status: 'expired' }), 'expired'],
  ])('case %#', (grant, stage) => {
    expect(stageOf(grant)).toBe(stage);
    for (const audience of ['approvers', 'requester'] as const) {
      expect(describeGrant(grant, ABOUT, audience, API).headline).not.toBe('');
    }
  });

  test('break-glass that never began was not used', () => {
    expect(hasBrokenGlass(pending({ breakGlass: true }))).toBe(false);
    expect(hasBrokenGlass(pending({ breakGlass: true, status: 'cancelled' }))).toBe(false);
    expect(hasBrokenGlass(activeGrant({ breakGlass: true, status: 'expired' }))).toBe(true);
  });
});

describe('what is said in the thread', () => {
  const settings = { apiUrl: API, escalateTo: 'S0GROUP' };
  const event = (happening: Happening, more: Partial<AuditEvent> = {}): AuditEvent =>
    ({
      ...requestedEvent(activeGrant()),
      id: `ev_${happening.type}`,
      actor: 'broker',
      at: NOW,
      ...happening,
      ...more,
    }) as AuditEvent;
  const textsOf = (
    grant: Grant,
    events: readonly AuditEvent[],
    audience: 'approvers' | 'requester' = 'approvers',
  ) => followUpsOf(grant, events, audience, settings).map(({ text }) => text);

  test('asks approvers again while the request waits, and no longer', () => {
    const events = [event({ type: 'escalated' }), event({ type: 'reminded' }, { at: NOW - 1 })];
    const told = followUpsOf(pending(), events, 'approvers', settings);
    expect(told.map(({ key, mention }) => [key, mention])).toEqual([
      ['ev_reminded', null],
      ['ev_escalated', 'S0GROUP'],
    ]);
    expect(textsOf(activeGrant(), events)).toEqual([]);
  });

  test('asks for votes on the extension that waits, and on no earlier one', () => {
    const of = (at: number) =>
      event({ type: 'extension-requested' } as Happening, { id: `ev_${at}`, at });
    const grant = activeGrant({ extension: EXTENSION });
    const told = followUpsOf(grant, [of(NOW), of(NOW - 5)], 'approvers', settings);
    expect(told.map(({ key }) => key)).toEqual([`ev_${NOW}`]);
  });

  test('tells the requester once of an end that somebody else ordered', () => {
    const grant = activeGrant({ status: 'revoked' });
    const by = (actor: AuditEvent['actor']) => [
      event({ type: 'revoked', reason: 'left', killSeconds: 1 }, { at: NOW + 1 }),
      event({ type: 'revoking', reason: 'left' }, { actor }),
    ];
    expect(textsOf(grant, by(BOB), 'requester')).toEqual([
      'Your access was revoked: artifacts-read',
    ]);
    expect(textsOf(grant, by(grant.requester), 'requester')).toEqual([]);
  });

  test.each([
    ['approved', 'Your request was approved'],
    ['denied', 'Your request was denied'],
    ['lapsed', 'Your request lapsed: not enough people voted'],
    ['extension-refused', 'Your extension was denied'],
  ] as const)('tells the requester that it was %s', (type, text) => {
    const happening = event({ type } as Happening);
    expect(textsOf(pending(), [happening], 'requester')).toEqual([`${text}: artifacts-read`]);
    expect(textsOf(pending(), [happening])).toEqual([]);
  });

  test('an extension that nobody had to approve is no news to who asked for it', () => {
    const grant = activeGrant();
    const of = (actor: AuditEvent['actor']) => event({ type: 'extended' } as Happening, { actor });
    expect(textsOf(grant, [of(grant.requester)], 'requester')).toEqual([]);
    expect(textsOf(grant, [of('broker')], 'requester')).toEqual([]);
    expect(textsOf(grant, [of(BOB)], 'requester')).toHaveLength(1);
  });
});

test('vends wake no chat', () => {
  expect(SEEN_IN_CHAT).not.toContain('vended');
  expect(SEEN_IN_CHAT).not.toContain('usage-read');
  expect(SEEN_IN_CHAT).toEqual(expect.arrayContaining(['requested', 'voted', 'revoked']));
});
