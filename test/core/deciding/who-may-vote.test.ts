import { describe, expect, test } from '@jest/globals';
import {
  isApprover,
  mayStillVote,
  mayVote,
  voterFactsOf,
} from '../../../core/deciding/who-may-vote.ts';
import type { Grant, Vote } from '../../../core/grant.ts';
import type { VoteQuestion } from '../../../core/ports.ts';
import { err, ok } from '../../../core/result.ts';
import { BOSS, DEPUTY, GOVERNED, pendingIn, STRANGER } from '../../support/authorities.ts';
import { compiled } from '../../support/bundles.ts';
import { NO_POLICY, NO_STORE, withEngine, withStore } from '../../support/failing-ports.ts';
import { ANA, callOf, NOW, world } from '../../support/memory-ports.ts';
import { EXTENSION } from '../../support/sample-grants.ts';

async function requested() {
  const broker = world(GOVERNED);
  return { broker, ports: broker.ports, grant: await pendingIn(broker) };
}

describe('the question of a vote', () => {
  const asking = async (escalated: boolean, changes: Partial<Grant> = {}) => {
    const { broker, ports, grant } = await requested();
    const asked: VoteQuestion[] = [];
    const watched = withEngine(ports, {
      mayVote: (question) => {
        asked.push(question);
        return ports.engine.mayVote(question);
      },
    });
    const scope = { actions: ['s3:GetObject'] };
    const stored = { ...grant, scope, approvals: { ...grant.approvals, escalated }, ...changes };
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

  test('on an extension has the facts of the extension, whose scope is that of the grant', async () => {
    const { asked } = await asking(false, { extension: EXTENSION, scope: null });
    const { principal, facts } = EXTENSION.inputs;
    const voter = { sourceIp: '192.0.2.7', mfa: true, mfaAgeSeconds: 5, now: NOW + 5000 };
    expect(asked).toMatchObject([
      { requester: principal, facts: { ...facts, ...voter, scoped: false } },
    ]);
  });

  test('says whether the request was escalated', async () => {
    expect((await asking(true)).asked).toMatchObject([{ escalated: true }]);
    const { ports, grant } = await requested();
    expect(await mayVote(ports, callOf(DEPUTY), grant)).toEqual(ok(false));
    const approvals = { ...grant.approvals, escalated: true };
    expect(await mayVote(ports, callOf(DEPUTY), { ...grant, approvals })).toEqual(ok(true));
  });

  test('is not asked where the record of the request is missing: the answer is unknown, not no', async () => {
    const { broker, ports, grant } = await requested();
    const forgetful = withStore(ports, { requestedEvent: async () => ok(null) });
    const damaged = err({ ...NO_STORE, grantId: grant.id });
    expect(await mayVote(forgetful, callOf(BOSS), grant)).toEqual(damaged);
    expect(await isApprover(forgetful, callOf(BOSS), grant)).toEqual(damaged);
    expect(broker.questions).toEqual([]);
  });
});

describe('an approver', () => {
  /** Policy lets nobody vote but on requests, or extensions, of these durations. */
  const approving = async (answers: Readonly<Record<number, boolean | null>>) => {
    const { ports, grant } = await requested();
    const asked: number[] = [];
    const engine = withEngine(ports, {
      mayVote: ({ facts: { durationSeconds } }) => {
        asked.push(durationSeconds);
        const permitted = answers[durationSeconds] ?? null;
        return permitted === null ? err(NO_POLICY) : ok({ permitted, policies: [], advice: [] });
      },
    });
    const facts = { ...EXTENSION.inputs.facts, durationSeconds: 60 };
    const extension = { ...EXTENSION, inputs: { ...EXTENSION.inputs, facts } };
    const of = { request: grant, extension: { ...grant, extension } };
    return { may: (what: keyof typeof of) => isApprover(engine, callOf(BOSS), of[what]), asked };
  };

  test('may vote on the request, or on the extension that waits', async () => {
    const request = await approving({ 1800: true, 60: false });
    expect(await request.may('request')).toEqual(ok(true));
    expect(await request.may('extension')).toEqual(ok(true));
    expect(request.asked).toEqual([1800, 1800]);
    const extension = await approving({ 1800: false, 60: true });
    expect(await extension.may('request')).toEqual(ok(false));
    expect(await extension.may('extension')).toEqual(ok(true));
    const neither = await approving({ 1800: false, 60: false });
    expect(await neither.may('extension')).toEqual(ok(false));
  });

  test('is not known where policy does not answer', async () => {
    const silent = await approving({ 60: true });
    expect(await silent.may('request')).toEqual(err(NO_POLICY));
    expect(await silent.may('extension')).toEqual(err(NO_POLICY));
    const later = await approving({ 1800: false });
    expect(await later.may('extension')).toEqual(err(NO_POLICY));
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

  test('on an entitlement that is gone does not count', async () => {
    const { ports, grant } = await requested();
    const gone = { ...grant, entitlement: 'gone' };
    expect(await mayStillVote(ports, gone, castBy(BOSS))).toEqual(ok(false));
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
