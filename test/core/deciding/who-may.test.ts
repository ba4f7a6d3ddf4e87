import { describe, expect, test } from '@jest/globals';
import { isOwn, NO_SUCH_GRANT, personOf } from '../../../core/deciding/authority.ts';
import { mayEnd, mayReview, maySee, mayUse, mayVendUnder } from '../../../core/deciding/who-may.ts';
import type { Vote } from '../../../core/grant.ts';
import type { PolicyEngine } from '../../../core/ports.ts';
import type { Caller } from '../../../core/principal.ts';
import { err, ok } from '../../../core/result.ts';
import {
  ADMIN,
  APPROVAL,
  activeIn,
  BOSS,
  GOVERNED,
  POLICIES,
  pendingIn,
  REVIEWER,
  REVOKER,
  STRANGER,
} from '../../support/authorities.ts';
import { compiled, files, ISSUERS, READ } from '../../support/bundles.ts';
import { NO_POLICY, NO_STORE, withEngine, withStore } from '../../support/failing-ports.ts';
import { ANA, AUDITOR, CALL, callOf, NOW, person, world } from '../../support/memory-ports.ts';
import { EXTENSION } from '../../support/sample-grants.ts';

async function requested() {
  const broker = world(GOVERNED);
  return { broker, ports: broker.ports, grant: await pendingIn(broker) };
}

/** What policy is asked about a token of the requester. */
const USES = ['request', 'autoApprove'];

describe('a grant', () => {
  const ALL = ['audit', 'administer', 'revoke', 'review', 'mayVote'];

  test.each<[string, Caller, readonly string[], boolean]>([
    ['its requester', ANA, USES, true],
    ['auditors', AUDITOR, ALL.slice(0, 1), true],
    ['administrators', ADMIN, ALL.slice(0, 2), true],
    ['those who may revoke it', REVOKER, ALL.slice(0, 3), true],
    ['those who may review it', REVIEWER, ALL.slice(0, 4), true],
    ['those who may vote on it', BOSS, ALL, true],
    ['nobody else', STRANGER, ALL, false],
  ])('is seen by %s', async (_, caller, questions, sees) => {
    const { broker, ports, grant } = await requested();
    expect(await maySee(ports, callOf(caller), grant)).toEqual(ok(sees));
    expect(broker.questions).toEqual(questions);
  });

  test.each<[string, Caller, readonly string[], boolean]>([
    ['its requester', ANA, USES, true],
    ['administrators', ADMIN, ['administer'], true],
    ['those whom policy lets revoke', REVOKER, ['administer', 'revoke'], true],
    ['approvers', BOSS, ['administer', 'revoke', 'mayVote'], true],
    ['no auditor', AUDITOR, ['administer', 'revoke', 'mayVote'], false],
    ['no reviewer', REVIEWER, ['administer', 'revoke', 'mayVote'], false],
  ])('may be ended by %s', async (_, caller, questions, may) => {
    const { broker, ports, grant } = await requested();
    const refusal = err({ code: 'forbidden', grant, detail: 'no' });
    expect(await mayEnd(ports, callOf(caller), grant, 'no')).toEqual(may ? ok(null) : refusal);
    expect(broker.questions).toEqual(questions);
  });

  test('may be reviewed by those whom policy lets review', async () => {
    const { ports, grant } = await requested();
    expect(mayReview(ports, callOf(REVIEWER), grant)).toEqual(ok(true));
    expect(mayReview(ports, callOf(ADMIN), grant)).toEqual(ok(false));
  });

  test('is seen by those who voted on it or on its extension, whatever policy lets them do now', async () => {
    const { broker, ports, grant } = await requested();
    const { type, id, name } = STRANGER.principal;
    const votes: readonly Vote[] = [BOSS.principal, { type, id, name }].map((approver) => ({
      ...{ approver, vote: 'approve', comment: null, at: NOW, marks: [], facts: null },
    }));
    const approvals = { ...EXTENSION.approvals, votes };
    const extension = { ...EXTENSION, approvals };
    for (const voted of [{ approvals }, { extension }]) {
      const seen = { ...grant, ...voted };
      expect(await maySee(ports, callOf(STRANGER), seen)).toEqual(ok(true));
      expect(broker.questions).toEqual([]);
    }
    const others = { ...grant, approvals: { ...approvals, votes: votes.slice(0, 1) } };
    expect(await maySee(ports, callOf(STRANGER), others)).toEqual(ok(false));
  });

  test('belongs to the principal with the id of its requester', async () => {
    const { grant } = await requested();
    const namesake = { ...STRANGER.principal, name: grant.requester.name };
    expect(isOwn(grant, callOf(ANA))).toBe(true);
    expect(isOwn(grant, callOf({ ...STRANGER, principal: namesake }))).toBe(false);
  });

  test('of an entitlement that is gone is left to auditors and administrators', async () => {
    const { ports, grant } = await requested();
    const gone = { ...grant, entitlement: 'gone' };
    for (const caller of [REVOKER, REVIEWER, BOSS]) {
      expect(await maySee(ports, callOf(caller), gone)).toEqual(ok(false));
      expect(await mayEnd(ports, callOf(caller), gone, 'no')).toMatchObject({
        error: { code: 'forbidden' },
      });
      expect(mayReview(ports, callOf(caller), gone)).toEqual(ok(false));
    }
    expect(await maySee(ports, callOf(AUDITOR), gone)).toEqual(ok(true));
    expect(await mayEnd(ports, callOf(ADMIN), gone, 'no')).toEqual(ok(null));
  });
});

describe('a second token of the requester', () => {
  /** The same principal, whom policy lets request nothing with this token. */
  const LESSER = person('ana', []);

  test('that could not request the grant neither sees, uses nor ends it', async () => {
    const { ports, grant } = await requested();
    const { hash: bundle } = GOVERNED;
    const decision = { outcome: 'deny', policies: [], advice: [], bundle };
    const denied = err({ code: 'token-denied', grant, decision });
    expect(await maySee(ports, callOf(LESSER), grant)).toEqual(ok(false));
    expect(await mayUse(ports, callOf(LESSER), grant, 'no')).toEqual(denied);
    expect(await mayEnd(ports, callOf(LESSER), grant, 'no')).toEqual(denied);
  });

  test('sees a grant that has ended, because it gives nothing any more', async () => {
    const { ports, grant } = await requested();
    for (const status of ['denied', 'cancelled', 'lapsed', 'expired', 'revoked'] as const) {
      expect(await maySee(ports, callOf(LESSER), { ...grant, status })).toEqual(ok(true));
    }
  });

  test('sees and ends the grant by another authority that it has', async () => {
    const { ports, grant } = await requested();
    const auditing = person('ana', ['auditors']);
    expect(await maySee(ports, callOf(auditing), grant)).toEqual(ok(true));
    expect(await mayEnd(ports, callOf(person('ana', ['admins'])), grant, 'no')).toEqual(ok(null));
  });

  test('gets nothing of a grant either whose entitlement grants something else by now', async () => {
    const { ports, grant } = await requested();
    const redefined = { ...grant, definition: 'sha256:before' };
    expect(await maySee(ports, callOf(LESSER), redefined)).toEqual(ok(false));
    expect(await mayEnd(ports, callOf(LESSER), redefined, 'no')).toMatchObject({ ok: false });
    expect(await maySee(ports, callOf(ANA), redefined)).toEqual(ok(true));
    expect(await mayEnd(ports, callOf(ANA), redefined, 'no')).toEqual(ok(null));
  });

  test('that would need an approval reads a grant that had none, and gets no credentials', async () => {
    const { broker } = await requested();
    const grant = await activeIn(broker);
    const answer = { permitted: false, policies: [], advice: [] };
    const ports = withEngine(broker.ports, {
      ask: (action) => ok({ ...answer, permitted: action === 'request' }),
    });
    expect(await mayUse(ports, callOf(ANA), grant, 'no')).toEqual(ok(null));
    expect(await mayVendUnder(ports, callOf(ANA), grant)).toMatchObject({
      error: { code: 'token-denied', grant, decision: { outcome: 'approve' } },
    });
    const approved = { ...grant, approvals: { ...grant.approvals, required: 1 } };
    expect(await mayVendUnder(ports, callOf(ANA), approved)).toEqual(ok(null));
  });

  test('ends its grant also while policy has no answer', async () => {
    const { ports, grant } = await requested();
    const broken = withEngine(ports, { ask: () => err(NO_POLICY) });
    expect(await mayEnd(broken, callOf(ANA), grant, 'no')).toEqual(ok(null));
    expect(await mayUse(broken, callOf(ANA), grant, 'no')).toEqual(err(NO_POLICY));
    expect(await maySee(broken, callOf(ANA), grant)).toEqual(err(NO_POLICY));
  });
});

test('nobody but the requester uses a grant, whatever their token could request', async () => {
  const { ports, grant } = await requested();
  expect(await mayUse(ports, callOf(STRANGER), grant, 'Not yours.')).toEqual(
    err({ code: 'forbidden', grant, detail: 'Not yours.' }),
  );
  const detail = 'Only the requester of a grant can vend credentials under it.';
  expect(await mayVendUnder(ports, callOf(STRANGER), grant)).toEqual(
    err({ code: 'forbidden', grant, detail }),
  );
});

test('a grant that does not exist and one that is hidden have one answer', () => {
  const detail = 'There is no such grant, or you may not see it.';
  expect(NO_SUCH_GRANT).toEqual({ code: 'not-found', detail });
});

describe('a question without an answer', () => {
  const NO = { mayOnBroker: () => ok(false), mayOnEntitlement: () => ok(false) } as const;
  const silent = { permitted: false, policies: [], advice: [] };

  test.each<[string, Partial<PolicyEngine>]>([
    ['audit', { ...NO, mayOnBroker: (what) => (what === 'audit' ? err(NO_POLICY) : ok(false)) }],
    [
      'administer',
      { ...NO, mayOnBroker: (what) => (what === 'administer' ? err(NO_POLICY) : ok(false)) },
    ],
    [
      'revoke',
      { ...NO, mayOnEntitlement: (what) => (what === 'revoke' ? err(NO_POLICY) : ok(false)) },
    ],
    [
      'review',
      { ...NO, mayOnEntitlement: (what) => (what === 'review' ? err(NO_POLICY) : ok(false)) },
    ],
    ['vote', { ...NO, mayVote: () => err(NO_POLICY) }],
  ])('is no "no": %s', async (what, changes) => {
    const { ports, grant } = await requested();
    const broken = withEngine(ports, { mayVote: () => ok(silent), ...changes });
    expect(await maySee(broken, callOf(STRANGER), grant)).toEqual(err(NO_POLICY));
    if (what === 'audit' || what === 'review') return;
    expect(await mayEnd(broken, callOf(STRANGER), grant, 'no')).toEqual(err(NO_POLICY));
  });

  test('does not matter where another permit suffices', async () => {
    const { ports, grant } = await requested();
    const broken = withEngine(ports, { mayOnBroker: () => err(NO_POLICY) });
    expect(await maySee(broken, callOf(REVOKER), grant)).toEqual(ok(true));
    expect(await mayEnd(broken, callOf(REVOKER), grant, 'no')).toEqual(ok(null));
  });

  test('of the store about the request is a failure', async () => {
    const { ports, grant } = await requested();
    const broken = withStore(ports, { requestedEvent: async () => err(NO_STORE) });
    expect(await maySee(broken, callOf(BOSS), grant)).toEqual(err(NO_STORE));
  });
});

describe('the person behind a caller', () => {
  const bundle = compiled(
    files({
      'issuers.yaml': ISSUERS.replace('groups: groups', 'groups: groups, tags: [employee]'),
      'entitlements/read.yaml': `${READ}${APPROVAL}  samePerson: [employee]\n`,
      'policies/read.cedar': POLICIES,
    }),
  );

  test('is identified by the claims that the entitlement names', async () => {
    const { grant } = await requested();
    const known = { ...BOSS, principal: { ...BOSS.principal, tags: { employee: '7' } } };
    expect(personOf({ bundle }, callOf(known), grant)).toEqual(ok(['people:bo', 'employee=7']));
    expect(personOf({ bundle }, callOf(BOSS), grant)).toEqual(
      err({ code: 'forbidden', grant, detail: expect.stringContaining('contains employee.') }),
    );
  });

  test('is the principal where the entitlement names no claims, or is gone', async () => {
    const { ports, grant } = await requested();
    expect(personOf(ports, CALL, grant)).toEqual(ok(['people:ana']));
    expect(personOf({ bundle: compiled() }, CALL, grant)).toEqual(ok(['people:ana']));
    const gone = { ...grant, entitlement: 'gone' };
    expect(personOf({ bundle }, callOf(person('bo')), gone)).toEqual(ok(['people:bo']));
  });
});
