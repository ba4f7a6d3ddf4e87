import { describe, expect, test } from '@jest/globals';
import type { Failure } from '../../../core/failure.ts';
import { cancelGrant } from '../../../core/grants/end-grant.ts';
import { extendGrant } from '../../../core/grants/extend-grant.ts';
import { earlierUse, firstAnswer, unlessRepeated } from '../../../core/grants/first-answer.ts';
import { vendCredentials } from '../../../core/grants/vend-credentials.ts';
import type { GrantStore, UsedKey } from '../../../core/ports.ts';
import { err, ok } from '../../../core/result.ts';
import { activeIn, BOSS, GOVERNED, keyed, pendingIn } from '../../support/authorities.ts';
import { NO_STORE, withStore } from '../../support/failing-ports.ts';
import { ANA, CALL, callOf, NOW, person, world } from '../../support/memory-ports.ts';

const USED: UsedKey = { fingerprint: 'f', grantId: 'gr_1', decision: null };
const keyOf = (used: UsedKey | null) => ({ store: { usedKey: async () => ok(used) } });
const NO_KEY = { store: { usedKey: async () => err(NO_STORE) } };
/** Finds no key the first time, as if both calls had looked before either wrote. */
function blindOnce({ usedKey }: GrantStore): GrantStore['usedKey'] {
  let looked = false;
  return async (key) => {
    const result = looked ? await usedKey(key) : ok(null);
    looked = true;
    return result;
  };
}
const WRONG: Failure = { code: 'not-found', detail: 'no' };

describe('the earlier use of a key', () => {
  test('is none without a key, and where the key is new', async () => {
    expect(await earlierUse(NO_KEY, CALL)).toEqual(ok(null));
    expect(await earlierUse(keyOf(null), keyed(ANA))).toEqual(ok(null));
  });

  test('is that of the same call; of any other it is a refusal', async () => {
    expect(await earlierUse(keyOf(USED), keyed(ANA))).toEqual(ok(USED));
    expect(await earlierUse(keyOf(USED), keyed(ANA, 'g'))).toEqual(err({ code: 'key-reused' }));
    expect(await earlierUse(NO_KEY, keyed(ANA))).toEqual(err(NO_STORE));
  });
});

describe('a call that the rules refuse', () => {
  test('is refused as that where its key is new, or none was sent', async () => {
    expect(await unlessRepeated(keyOf(null), keyed(ANA), WRONG)).toEqual(WRONG);
    expect(await unlessRepeated(NO_KEY, CALL, WRONG)).toEqual(WRONG);
  });

  test('is a repeat, or another call under a used key, before it is wrong', async () => {
    const repeated = { code: 'repeated', grantId: 'gr_1' };
    expect(await unlessRepeated(keyOf(USED), keyed(ANA), WRONG)).toEqual(repeated);
    const reused = { code: 'key-reused' };
    expect(await unlessRepeated(keyOf(USED), keyed(ANA, 'g'), WRONG)).toEqual(reused);
    expect(await unlessRepeated(NO_KEY, keyed(ANA), WRONG)).toEqual(NO_STORE);
  });

  test.each<Failure>([NO_STORE, { code: 'key-reused' }])(
    'costs no look-up of its key where it failed: $code',
    async (failure) => {
      const looked: string[] = [];
      const usedKey: GrantStore['usedKey'] = async ({ key }) => {
        looked.push(key);
        return ok(USED);
      };
      expect(await unlessRepeated({ store: { usedKey } }, keyed(ANA), failure)).toEqual(failure);
      expect(looked).toEqual([]);
    },
  );
});

test('the first answer is the grant as it is now, or the denial that was given', async () => {
  const broker = world(GOVERNED);
  const grant = await activeIn(broker);
  const answer = { grantId: grant.id, decision: null };
  expect(await firstAnswer(broker.ports, callOf(ANA), answer)).toEqual(ok(grant));
  const { decision } = grant;
  expect(await firstAnswer(broker.ports, callOf(ANA), { ...answer, decision })).toEqual(
    err({ code: 'denied', grant, decision }),
  );
});

test('without the store there is no first answer', async () => {
  const ports = withStore(world(GOVERNED).ports, { find: async () => err(NO_STORE) });
  const answer = { grantId: `gr_${'9'.repeat(20)}`, decision: null };
  expect(await firstAnswer(ports, callOf(ANA), answer)).toEqual(err(NO_STORE));
});

test('who has left the group that may vote still gets the first answer', async () => {
  const broker = world(GOVERNED);
  const grant = await pendingIn(broker);
  const answer = { grantId: grant.id, decision: null };
  expect(await firstAnswer(broker.ports, callOf(person('bo', [])), answer)).toEqual(ok(grant));
  // With a lesser token of the requester it is the token that counts.
  expect(await firstAnswer(broker.ports, callOf(person('ana', [])), answer)).toMatchObject({
    error: { code: 'not-found' },
  });
});

describe('two calls under one key at the same time', () => {
  test('change the grant once: the second finds the key when it writes', async () => {
    const broker = world(GOVERNED);
    const grant = await pendingIn(broker);
    const first = await cancelGrant(broker.ports, keyed(ANA), grant.id, null);
    broker.grants.set(grant.id, grant);
    const blind = withStore(broker.ports, { usedKey: blindOnce(broker.ports.store) });
    const written = broker.events.length;
    expect(await cancelGrant(blind, keyed(ANA), grant.id, null)).toEqual(ok(grant));
    expect(first.ok && broker.events).toHaveLength(written);
  });

  test('record the denial of an extension once', async () => {
    const broker = world(GOVERNED);
    const grant = await activeIn(broker);
    const { decision } = grant;
    const more = { durationSeconds: 3600, justification: 'longer' };
    const denying = withStore(broker.ports, {
      usedKey: blindOnce(broker.ports.store),
    });
    const engine = {
      ...denying.engine,
      ask: (
        action: 'request' | 'autoApprove',
        question: Parameters<typeof denying.engine.ask>[1],
      ) =>
        question.facts.durationSeconds === 3600
          ? ok({ permitted: false, policies: [], advice: [] })
          : broker.ports.engine.ask(action, question),
    };
    const seeing = { ...broker.ports, engine };
    const first = await extendGrant(seeing, keyed(ANA), grant.id, more);
    const written = broker.events.length;
    expect(first).toMatchObject({ error: { code: 'denied', decision: { outcome: 'deny' } } });
    expect(await extendGrant({ ...denying, engine }, keyed(ANA), grant.id, more)).toEqual(first);
    expect(broker.events).toHaveLength(written);
    expect(decision.outcome).toBe('allow');
  });
});

describe('a vend under a grant', () => {
  test('with the key of another call is refused as that, also where the grant has ended', async () => {
    const broker = world(GOVERNED);
    const other = await pendingIn(broker);
    await cancelGrant(broker.ports, keyed(ANA), other.id, null);
    const grant = await activeIn(broker, { status: 'expired' });
    const vend = (call: Parameters<typeof vendCredentials>[1]) =>
      vendCredentials(broker.ports, call, grant.id);
    expect(await vend(keyed(ANA, 'vend'))).toEqual(err({ code: 'key-reused' }));
    expect(await vend(CALL)).toMatchObject({ error: { code: 'wrong-state' } });
    // The same call again says what is wrong now: its keys were never kept.
    expect(await vend(keyed(ANA))).toMatchObject({ error: { code: 'wrong-state' } });
  });

  test.each([
    ['begins a scheduled one', 'scheduled', true],
    ['begins no active one again', 'active', false],
  ] as const)('%s', async (_, status, begins) => {
    const broker = world(GOVERNED);
    const grant = await activeIn(broker, { status, startsAt: NOW - 1000 });
    const writes: boolean[] = [];
    const ports = withStore(broker.ports, {
      recordVend: async (write) => {
        writes.push(write.begins);
        return broker.ports.store.recordVend(write);
      },
    });
    expect(await vendCredentials(ports, CALL, grant.id)).toMatchObject({ ok: true });
    expect(writes).toEqual([begins]);
  });
});

test('only the requester is answered with a grant of their own', async () => {
  const broker = world(GOVERNED);
  const grant = await activeIn(broker);
  expect(await vendCredentials(broker.ports, callOf(BOSS), grant.id)).toMatchObject({ ok: false });
});
