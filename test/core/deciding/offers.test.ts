import { describe, expect, test } from '@jest/globals';
import { findOffer, listOffers } from '../../../core/deciding/offers.ts';
import type { PastRecords } from '../../../core/deciding/past.ts';
import type { Question } from '../../../core/decision.ts';
import type { PastUse } from '../../../core/ports.ts';
import type { Caller } from '../../../core/principal.ts';
import { err } from '../../../core/result.ts';
import { checkParameters } from '../../../core/session-policy/parameters.ts';
import { compiled, files, PERMIT_READ, READ } from '../../support/bundles.ts';
import { NO_POLICY, silentOn, withEngine } from '../../support/failing-ports.ts';
import { ANA, CALL, callOf, person, world } from '../../support/memory-ports.ts';

const head = (group: string, actions: string, entitlement: string) =>
  `principal in ValetKey::Group::"people:${group}", action ${actions}, resource == ValetKey::Entitlement::"${entitlement}"`;
const REQUEST = '== ValetKey::Action::"request"';
const BOTH = 'in [ValetKey::Action::"request", ValetKey::Action::"autoApprove"]';

const named = (id: string) => READ.replace('id: read', `id: ${id}`);

const BUNDLE = compiled(
  files({
    'entitlements/ask.yaml': `${named('ask')}approval: { approvers: ['people:boss'] }\n`,
    'entitlements/short.yaml': named('short').replace('8h', '5m'),
    'entitlements/others.yaml': named('others'),
    'entitlements/ticket.yaml': named('ticket'),
    'policies/more.cedar': `
@id("ask") permit (${head('readers', REQUEST, 'ask')});
@id("short") permit (${head('readers', BOTH, 'short')}) when { context.durationSeconds <= 300 };
@id("others") permit (${head('writers', BOTH, 'others')});
@id("ticket") permit (${head('readers', BOTH, 'ticket')}) when { context has ticket };`,
  }),
);

const NOTHING: PastRecords = { use: null, overdueReview: null };

function offers(caller: Caller = ANA, bundle = BUNDLE, past: PastUse | null = null) {
  const found = listOffers(world(bundle).ports, callOf(caller), {
    use: past,
    overdueReview: null,
  });
  if (!found.ok) throw new Error(found.error.code);
  return Object.fromEntries(
    found.value.map(({ entitlement, outcome }) => [entitlement.id, outcome]),
  );
}

describe('the entitlements on offer', () => {
  test('are those that some request could get, each with what an ordinary one would', () => {
    expect(offers()).toEqual({ ask: 'approve', read: 'allow', short: 'allow', ticket: 'deny' });
    expect(offers(person('wim', ['writers']))).toEqual({ others: 'allow' });
    expect(offers(person('eve', []))).toEqual({});
  });

  test('are asked for briefly, and with values that their parameters take', () => {
    const questions: Question[] = [];
    const { ports } = world(BUNDLE);
    const watched = withEngine(ports, {
      ask: (action, question) => {
        questions.push(question);
        return ports.engine.ask(action, question);
      },
    });
    listOffers(watched, CALL, NOTHING);
    for (const { entitlement, facts } of questions) {
      expect(facts.durationSeconds).toBe(entitlement.id === 'short' ? 300 : 900);
      expect(facts).toMatchObject({ sourceIp: '10.1.2.3', justification: '', ticket: null });
      expect(checkParameters(entitlement, facts.parameters).ok).toBe(true);
    }
    expect(questions).toHaveLength(8);
  });

  test('depend on the caller’s history of each of them', () => {
    const when = 'when { context.history.firstUse && context.history.recentDenials < 3 };\n';
    const bundle = compiled(
      files({ 'policies/read.cedar': PERMIT_READ.replace(');\n', `)\n${when}`) }),
    );
    expect(offers(ANA, bundle, { denials: 2, entitlements: ['other'] })).toEqual({ read: 'allow' });
    expect(offers(ANA, bundle, { denials: 2, entitlements: ['read'] })).toEqual({ read: 'deny' });
    expect(offers(ANA, bundle, { denials: 3, entitlements: [] })).toEqual({ read: 'deny' });
  });

  test('are no answer at all, rather than fewer, when policy has none', () => {
    const { ports } = world(BUNDLE);
    const blind = withEngine(ports, { maySee: () => err(NO_POLICY) });
    expect(listOffers(blind, CALL, NOTHING)).toEqual(err(NO_POLICY));
    const silent = withEngine(ports, silentOn('autoApprove'));
    expect(listOffers(silent, CALL, NOTHING)).toEqual(err(NO_POLICY));
  });
});

describe('one entitlement', () => {
  const one = (id: string) => findOffer(world(BUNDLE).ports, CALL, id, NOTHING);

  test('is shown as in the list', () => {
    expect(one('ask')).toMatchObject({ value: { entitlement: { id: 'ask' }, outcome: 'approve' } });
  });

  test('that one may not see is answered like one that is not there', () => {
    const none = one('nowhere');
    expect(none).toMatchObject({ ok: false, error: { code: 'not-found' } });
    const detail = 'There is no such entitlement, or you may not see it.';
    expect(none).toEqual(err({ code: 'not-found', detail }));
    for (const id of ['others', '', '__proto__', 'constructor']) expect(one(id)).toEqual(none);
  });

  test('is a failure where policy has no answer', () => {
    const ports = withEngine(world(BUNDLE).ports, { maySee: () => err(NO_POLICY) });
    expect(findOffer(ports, CALL, 'ask', NOTHING)).toEqual(err(NO_POLICY));
  });
});
