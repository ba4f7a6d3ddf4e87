import { describe, expect, test } from '@jest/globals';
import { mayStillVote, mayVote, voterFactsOf } from '../../../core/deciding/who-may-vote.ts';
import type { Vote } from '../../../core/grant.ts';
import type { VoteQuestion } from '../../../core/ports.ts';
import { err, ok } from '../../../core/result.ts';
import { BOSS, DEPUTY, GOVERNED, pendingIn, STRANGER } from '../../support/authorities.ts';
import { compiled } from '../../support/bundles.ts';
import { NO_POLICY, NO_STORE, withEngine, withStore } from '../../support/failing-ports.ts';
import { ANA, callOf, NOW, world } from '../../support/memory-ports.ts';

async function requested() {
  const broker = world(GOVERNED);
  return { broker, ports: broker.ports, grant: await pendingIn(broker) };
}

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
    const forgetful = withStore(ports, { requestedEvent: async () => ok(null) });
    expect(await mayVote(forgetful, callOf(BOSS), grant)).toEqual(ok(false));
    expect(broker.questions).toEqual([]);
  });
});

describe('a vote that was cast', () => {
  const castBy = (caller: typeof BOSS, facts: Vote['facts'] | undefined = undefined): Vote => ({
    approver: { type: 'User', id: caller.principal.id, name: caller.principal.name },
    vote: 'approve',
    comment: null,
    at: NOW,
    marks: [caller.principal.id],
    facts: facts === undefined ? voterFactsOf(callOf(caller), NOW) : facts,
  });

  test('still counts while policy lets the voter vote as they did then', async () => {
    const { ports, grant } = await requested();
    expect(await mayStillVote(ports, grant, castBy(BOSS))).toEqual(ok(true));
    expect(await mayStillVote(ports, grant, castBy(STRANGER))).toEqual(ok(false));
    const other = { ...ports, bundle: compiled() };
    expect(
      await mayStillVote(withEngine(other, { mayVote: () => err(NO_POLICY) }), grant, castBy(BOSS)),
    ).toEqual(err(NO_POLICY));
  });

  test('without the facts of its voter does not count', async () => {
    const { ports, grant } = await requested();
    expect(await mayStillVote(ports, grant, castBy(BOSS, null))).toEqual(ok(false));
  });
});

test('a store that does not answer leaves the question open', async () => {
  const { ports, grant } = await requested();
  const broken = withStore(ports, { requestedEvent: async () => err(NO_STORE) });
  expect(await mayVote(broken, callOf(BOSS), grant)).toEqual(err(NO_STORE));
});
