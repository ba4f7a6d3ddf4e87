import { describe, expect, test } from '@jest/globals';
import type { AuditEvent } from '../../../core/audit.ts';
import {
  isOwn,
  mayReview,
  mayRevoke,
  maySee,
  mayVote,
  NO_SUCH_GRANT,
  personOf,
  recordedInputs,
} from '../../../core/deciding/who-may.ts';
import type { PolicyEngine, VoteQuestion } from '../../../core/ports.ts';
import type { Caller } from '../../../core/principal.ts';
import { err, ok } from '../../../core/result.ts';
import {
  ADMIN,
  APPROVAL,
  BOSS,
  DEPUTY,
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

async function requested() {
  const broker = world(GOVERNED);
  return { broker, ports: broker.ports, grant: await pendingIn(broker) };
}

describe('a grant', () => {
  const ALL = ['audit', 'administer', 'revoke', 'review', 'mayVote'];

  test.each<[string, Caller, readonly string[], boolean]>([
    ['its requester', ANA, [], true],
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
    ['its requester', ANA, [], true],
    ['administrators', ADMIN, ['administer'], true],
    ['those whom policy lets revoke', REVOKER, ['administer', 'revoke'], true],
    ['approvers', BOSS, ['administer', 'revoke', 'mayVote'], true],
    ['no auditor', AUDITOR, ['administer', 'revoke', 'mayVote'], false],
    ['no reviewer', REVIEWER, ['administer', 'revoke', 'mayVote'], false],
  ])('may be revoked by %s', async (_, caller, questions, may) => {
    const { broker, ports, grant } = await requested();
    expect(await mayRevoke(ports, callOf(caller), grant)).toEqual(ok(may));
    expect(broker.questions).toEqual(questions);
  });

  test('may be reviewed by those whom policy lets review', async () => {
    const { ports, grant } = await requested();
    expect(mayReview(ports, callOf(REVIEWER), grant)).toEqual(ok(true));
    expect(mayReview(ports, callOf(ADMIN), grant)).toEqual(ok(false));
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
      expect(await mayRevoke(ports, callOf(caller), gone)).toEqual(ok(false));
      expect(mayReview(ports, callOf(caller), gone)).toEqual(ok(false));
    }
    expect(await maySee(ports, callOf(AUDITOR), gone)).toEqual(ok(true));
    expect(await mayRevoke(ports, callOf(ADMIN), gone)).toEqual(ok(true));
  });
});

test('a grant that does not exist and one that is hidden have one answer', () => {
  const detail = 'There is no such grant, or you may not see it.';
  expect(NO_SUCH_GRANT).toEqual({ code: 'not-found', detail });
});

describe('the question of a vote', () => {
  const asking = async (escalated: boolean) => {
    const { broker, ports, grant } = await requested();
    const asked: VoteQuestion[] = [];
    const watched = withEngine(ports, {
      mayVote: (question) => {
        asked.push(question);
        return ports.engine.mayVote(question);
      },
    });
    const scope = { actions: ['s3:GetObject'] };
    const stored = { ...grant, scope, approvals: { ...grant.approvals, escalated } };
    broker.now = NOW + 5000;
    const boss = { ...BOSS, authentication: { mfa: true, signedInAt: NOW } };
    const call = { ...callOf(boss), sourceIp: '192.0.2.7' };
    return { answer: await mayVote(watched, call, stored), asked };
  };

  test('has the facts of the request, with the time, network and sign-in of the voter', async () => {
    const { answer, asked } = await asking(false);
    expect(answer).toEqual(ok(true));
    expect(asked).toEqual([
      {
        caller: { principal: BOSS.principal },
        entitlement: GOVERNED.entitlements['read'],
        account: '111122223333',
        requester: ANA.principal,
        escalated: false,
        facts: {
          ...{ now: NOW + 5000, sourceIp: '192.0.2.7', mfa: true, mfaAgeSeconds: 5 },
          ...{ durationSeconds: 1800, startsInSeconds: 0, ticket: null, justification: 'a test' },
          ...{ scoped: true, parameters: { prefix: 'a' }, history: null },
        },
      },
    ]);
  });

  test('says whether the request was escalated', async () => {
    expect((await asking(true)).asked).toMatchObject([{ escalated: true }]);
    const { ports, grant } = await requested();
    expect(await mayVote(ports, callOf(DEPUTY), grant)).toEqual(ok(false));
    const approvals = { ...grant.approvals, escalated: true };
    expect(await mayVote(ports, callOf(DEPUTY), { ...grant, approvals })).toEqual(ok(true));
  });

  test('is not asked where the record of the request is missing: nobody may vote', async () => {
    const { broker, ports, grant } = await requested();
    const forgetful = withStore(ports, { events: async () => ok([]) });
    expect(await mayVote(forgetful, callOf(BOSS), grant)).toEqual(ok(false));
    expect(broker.questions).toEqual([]);
  });
});

describe('what the engine saw of a request', () => {
  test('is that of its first record, wherever it stands in the trail', async () => {
    const { broker, ports, grant } = await requested();
    const [first] = broker.events;
    if (first?.type !== 'requested') throw new Error('no request');
    const reminded = { ...first, type: 'reminded' } as AuditEvent;
    const again = { ...first, inputs: { ...first.inputs, principal: STRANGER.principal } };
    const store = { events: async () => ok([reminded, first, again]) };
    expect(await recordedInputs(store, grant.id)).toEqual(ok(first.inputs));
    expect(await recordedInputs({ events: async () => ok([reminded]) }, grant.id)).toEqual(
      ok(null),
    );
    expect(await recordedInputs(ports.store, 'gr_none')).toEqual(ok(null));
    expect(await recordedInputs({ events: async () => err(NO_STORE) }, grant.id)).toEqual(
      err(NO_STORE),
    );
  });
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
    expect(await mayRevoke(broken, callOf(STRANGER), grant)).toEqual(err(NO_POLICY));
  });

  test('does not matter where another permit suffices', async () => {
    const { ports, grant } = await requested();
    const broken = withEngine(ports, { mayOnBroker: () => err(NO_POLICY) });
    expect(await maySee(broken, callOf(REVOKER), grant)).toEqual(ok(true));
    expect(await mayRevoke(broken, callOf(REVOKER), grant)).toEqual(ok(true));
  });

  test('of the store about the request is a failure', async () => {
    const { ports, grant } = await requested();
    const broken = withStore(ports, { events: async () => err(NO_STORE) });
    expect(await mayVote(broken, callOf(BOSS), grant)).toEqual(err(NO_STORE));
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
