import { describe, expect, test } from '@jest/globals';
import type { Call } from '../../../core/call.ts';
import type { Failure } from '../../../core/failure.ts';
import { type Grant, next } from '../../../core/grant.ts';
import {
  changeGrant,
  forbidden,
  type GrantChange,
  wrongState,
} from '../../../core/grants/change-grant.ts';
import type { VotePorts } from '../../../core/grants/complete-quorum.ts';
import { cancelGrant, revokeGrant } from '../../../core/grants/end-grant.ts';
import { extendGrant } from '../../../core/grants/extend-grant.ts';
import { reviewGrant } from '../../../core/grants/review-grant.ts';
import { castVote, withdrawVote } from '../../../core/grants/vote-on-grant.ts';
import type { GrantUpdate, UpdateRefusal } from '../../../core/ports.ts';
import type { Caller } from '../../../core/principal.ts';
import { err, ok, type Result } from '../../../core/result.ts';
import {
  ADMIN,
  activeIn,
  BOSS,
  GOVERNED,
  keyed,
  OTHER_BOSS,
  pendingIn,
  REVIEWER,
  REVOKER,
  STRANGER,
} from '../../support/authorities.ts';
import {
  NO_POLICY,
  NO_STORE,
  unusedStore,
  withEngine,
  withStore,
} from '../../support/failing-ports.ts';
import { ANA, AUDITOR, CALL, callOf, NOW, world } from '../../support/memory-ports.ts';

type Route = (ports: VotePorts, call: Call, id: string) => Promise<Result<Grant, Failure>>;

const MORE = { durationSeconds: 3600, justification: 'longer' };
const cancel: Route = (ports, call, id) => cancelGrant(ports, call, id, null);
const revoke: Route = (ports, call, id) => revokeGrant(ports, call, id, null);
const extend: Route = (ports, call, id) => extendGrant(ports, call, id, MORE);
const approve: Route = (ports, call, id) =>
  castVote(ports, call, id, { vote: 'approve', comment: null, extension: null });
const deny: Route = (ports, call, id) =>
  castVote(ports, call, id, { vote: 'deny', comment: null, extension: null });
const withdraw: Route = (ports, call, id) =>
  withdrawVote(ports, call, id, { comment: null, extension: null });
const review: Route = (ports, call, id) => reviewGrant(ports, call, id, null);

/** Everything that lets somebody see a grant, asked only where the change itself is refused. */
const VISIBLE = ['audit', 'administer', 'revoke', 'review', 'mayVote'];
const NO_GRANT = `gr_${'9'.repeat(20)}`;

describe('a stranger', () => {
  test.each<[string, Route, readonly string[]]>([
    ['cancel', cancel, ['administer', 'revoke', 'mayVote']],
    ['revoke', revoke, ['administer', 'revoke', 'mayVote']],
    ['extend', extend, []],
    ['approve', approve, ['mayVote']],
    ['deny', deny, ['mayVote']],
    ['withdraw', withdraw, ['mayVote']],
    ['review', review, ['review']],
  ])(
    'who tries to %s a grant gets the same answer as for an unknown id',
    async (_, route, asked) => {
      const broker = world(GOVERNED);
      const grant = await pendingIn(broker);
      const hidden = await route(broker.ports, callOf(STRANGER), grant.id);
      expect(broker.questions).toEqual([...asked, ...VISIBLE]);
      const unknown = await route(broker.ports, callOf(STRANGER), NO_GRANT);
      expect(hidden).toEqual(unknown);
      expect(hidden).toEqual(
        err({ code: 'not-found', detail: 'There is no such grant, or you may not see it.' }),
      );
      expect(broker.questions.slice(asked.length + VISIBLE.length)).toEqual([
        'audit',
        'administer',
      ]);
      expect(broker.log).toEqual([]);
    },
  );

  test('learns nothing where policy cannot say whether the grant is visible', async () => {
    const broker = world(GOVERNED);
    const grant = await pendingIn(broker);
    const ports = withEngine(broker.ports, { mayOnBroker: () => err(NO_POLICY) });
    expect(await extend(ports, callOf(STRANGER), grant.id)).toEqual(err(NO_POLICY));
  });
});

describe('a caller who sees the grant but may not change it', () => {
  test.each<[string, Route, Caller, string]>([
    ['cancel', cancel, AUDITOR, 'Policy does not let you cancel this request.'],
    ['revoke', revoke, AUDITOR, 'Policy does not let you revoke this grant.'],
    ['extend', extend, AUDITOR, 'Only its requester may extend a grant.'],
    ['approve', approve, AUDITOR, 'Policy does not let you vote on this request.'],
    ['deny', deny, AUDITOR, 'Policy does not let you vote on this request.'],
    ['withdraw', withdraw, AUDITOR, 'Policy does not let you vote on this request.'],
    ['review', review, AUDITOR, 'Policy does not let you review this grant.'],
    ['approve', approve, ANA, 'You cannot vote on your own request. Ask another approver.'],
    ['deny', deny, ANA, 'You cannot vote on your own request. Ask another approver.'],
    ['withdraw', withdraw, ANA, 'Policy does not let you vote on this request.'],
    ['review', review, ANA, 'Policy does not let you review this grant.'],
    ['extend', extend, ADMIN, 'Only its requester may extend a grant.'],
  ])('is forbidden to %s it, with the grant in the answer', async (_, route, caller, detail) => {
    const broker = world(GOVERNED);
    const grant = await pendingIn(broker);
    const answer = await route(broker.ports, callOf(caller), grant.id);
    expect(answer).toEqual(err({ code: 'forbidden', grant, detail }));
    expect(broker.log).toEqual([]);
  });
});

/** What policy is asked about a token of the requester. */
const USES = ['request', 'autoApprove'];

const DUE: Grant['review'] = {
  status: 'due',
  dueAt: NOW + 1000,
  reminded: false,
  reviewer: null,
  comment: null,
  at: null,
};

describe('the authority of a caller who may', () => {
  const routes: readonly [string, Route, Caller, 'pending' | 'active', readonly string[]][] = [
    ['cancel their own request', cancel, ANA, 'pending', USES],
    ['cancel as an administrator', cancel, ADMIN, 'pending', ['administer']],
    ['cancel as an approver', cancel, BOSS, 'pending', ['administer', 'revoke', 'mayVote']],
    ['release their own grant', revoke, ANA, 'active', USES],
    ['revoke as an administrator', revoke, ADMIN, 'active', ['administer']],
    ['revoke by policy', revoke, REVOKER, 'active', ['administer', 'revoke']],
    ['revoke as an approver', revoke, BOSS, 'active', ['administer', 'revoke', 'mayVote']],
    ['extend their own grant', extend, ANA, 'active', [...USES, ...USES]],
    ['approve', approve, BOSS, 'pending', ['mayVote']],
    ['deny', deny, BOSS, 'pending', ['mayVote']],
    ['review', review, REVIEWER, 'active', ['review']],
  ];

  test.each(routes)('%s is asked once', async (_, route, caller, status, questions) => {
    const broker = world(GOVERNED);
    const grant = await (status === 'pending'
      ? pendingIn(broker)
      : activeIn(broker, { review: DUE, keysValidUntil: NOW + 1000 }));
    const answer = await route(broker.ports, callOf(caller), grant.id);
    expect(answer).toMatchObject({ ok: true, value: { id: grant.id, version: 2 } });
    expect(broker.questions).toEqual(questions);
    expect(broker.log).toEqual(['update']);
    expect(broker.grants.get(grant.id)).toEqual(answer.ok ? answer.value : null);
    expect(broker.events.at(-1)).toMatchObject({
      grantId: grant.id,
      at: NOW,
      actor: { id: caller.principal.id },
      requestId: 'r-1',
      sourceIp: '10.1.2.3',
    });
  });

  test.each(routes)('%s does not help while suspended', async (_, route, caller, status) => {
    const broker = world(GOVERNED);
    const grant = await (status === 'pending'
      ? pendingIn(broker)
      : activeIn(broker, { review: DUE, keysValidUntil: NOW + 1000 }));
    broker.table.suspend(caller.principal.id, { at: NOW, by: 'broker', reason: 'x' });
    const answer = await route(broker.ports, callOf(caller), grant.id);
    expect(answer).toMatchObject({ error: { code: 'suspended' } });
    expect(broker.grants.get(grant.id)).toEqual(grant);
  });

  test.each(routes)(
    '%s twice under one key changes the grant once',
    async (_, route, caller, status) => {
      const broker = world(GOVERNED);
      const grant = await (status === 'pending'
        ? pendingIn(broker)
        : activeIn(broker, { review: DUE, keysValidUntil: NOW + 1000 }));
      await route(broker.ports, keyed(caller), grant.id);
      const changed = broker.grants.get(grant.id);
      broker.now += 1000;
      await route(broker.ports, keyed(caller), grant.id);
      expect(broker.grants.get(grant.id)).toEqual(changed);
      expect(broker.events).toHaveLength(2);
    },
  );
});

/** A change that everybody may make, and that gives the grant another ticket. */
const RENAME: GrantChange<null> = {
  authorize: async () => ok(null),
  decide: async (grant) =>
    ok({
      grant: next(grant, { ticket: `${grant.ticket}+` }),
      happenings: [{ type: 'reviewed', comment: null }],
      unsuspended: [],
    }),
};

describe('a change of a grant', () => {
  test.each(['', 'gr_none', `${NO_GRANT}0`, '__proto__'])(
    'of the malformed id %j does not reach the store',
    async (id) => {
      const ports = { ...world(GOVERNED).ports, store: unusedStore() };
      expect(await changeGrant(ports, CALL, id, RENAME)).toMatchObject({
        error: { code: 'not-found' },
      });
    },
  );

  test('passes what was authorized on to the decision', async () => {
    const broker = world(GOVERNED);
    const grant = await activeIn(broker);
    const seen: unknown[] = [];
    await changeGrant(broker.ports, CALL, grant.id, {
      authorize: async (found) => ok(['marks', found]),
      decide: async (...args) => {
        seen.push(args);
        return ok(null);
      },
    });
    expect(seen).toEqual([[grant, ['marks', grant]]]);
  });

  test('writes nothing where nothing is left to do, and returns the grant', async () => {
    const broker = world(GOVERNED);
    const grant = await activeIn(broker);
    const nothing = { ...RENAME, decide: async () => ok(null) };
    expect(await changeGrant(broker.ports, CALL, grant.id, nothing)).toEqual(ok(grant));
    expect(broker.log).toEqual([]);
  });

  test('writes nothing where the decision is a refusal', async () => {
    const broker = world(GOVERNED);
    const grant = await activeIn(broker);
    const refused = { ...RENAME, decide: async (found: Grant) => wrongState(found, 'no') };
    const answer = await changeGrant(broker.ports, CALL, grant.id, refused);
    expect(answer).toEqual(err({ code: 'wrong-state', grant, detail: 'no' }));
    expect(broker.log).toEqual([]);
  });

  test('tells only those who see the grant that authority over it cannot be determined', async () => {
    const broker = world(GOVERNED);
    const grant = await activeIn(broker);
    const unknown = { ...RENAME, authorize: async () => err(NO_POLICY) };
    const change = (caller: Caller) => changeGrant(broker.ports, callOf(caller), grant.id, unknown);
    expect(await change(STRANGER)).toMatchObject({ error: { code: 'not-found' } });
    expect(await change(AUDITOR)).toEqual(err(NO_POLICY));
    expect(await change(ANA)).toEqual(err(NO_POLICY));
  });

  test('needs its caller unsuspended, and those whom the change names', async () => {
    const broker = world(GOVERNED);
    const grant = await activeIn(broker);
    const writes: GrantUpdate[] = [];
    const ports = withStore(broker.ports, {
      update: async (write) => {
        writes.push(write);
        return ok(null);
      },
    });
    const beginning: GrantChange<null> = {
      ...RENAME,
      decide: async (found) =>
        ok({
          grant: next(found, {}),
          happenings: [{ type: 'started' }],
          unsuspended: [found.requester.id],
        }),
    };
    await changeGrant(ports, keyed(BOSS), grant.id, RENAME);
    await changeGrant(ports, callOf(BOSS), grant.id, beginning);
    await changeGrant(ports, callOf(ANA), grant.id, beginning);
    expect(writes.map(({ unsuspended }) => unsuspended)).toEqual([
      ['people:bo'],
      ['people:bo', 'people:ana'],
      ['people:ana'],
    ]);
    expect(writes[0]).toEqual({
      before: grant,
      grant: { ...grant, version: 2, ticket: 'OPS-1+' },
      events: [expect.objectContaining({ type: 'reviewed', status: 'active' })],
      idempotency: { principal: 'people:bo', key: 'k', fingerprint: 'f' },
      unsuspended: ['people:bo'],
    });
  });

  test('is decided again on what another writer left behind', async () => {
    const broker = world(GOVERNED);
    const grant = await activeIn(broker);
    let races = 3;
    const ports = withStore(broker.ports, {
      update: async (write) => {
        const stored = broker.grants.get(grant.id) ?? grant;
        if (races-- > 0) broker.grants.set(grant.id, next(stored, { ticket: `${stored.ticket}!` }));
        return broker.ports.store.update(write);
      },
    });
    expect(await changeGrant(ports, CALL, grant.id, RENAME)).toMatchObject({
      value: { version: 5, ticket: 'OPS-1!!!+' },
    });
  });

  test('is refused where another writer took the authority away meanwhile', async () => {
    const broker = world(GOVERNED);
    const grant = await activeIn(broker);
    let asked = 0;
    const answer = await changeGrant(
      withStore(broker.ports, { update: async () => err({ code: 'conflict' }) }),
      CALL,
      grant.id,
      {
        ...RENAME,
        authorize: async (found) => (asked++ === 0 ? ok(null) : forbidden(found, 'not any more')),
      },
    );
    expect(answer).toEqual(err({ code: 'forbidden', grant, detail: 'not any more' }));
  });

  test('asks the caller to try again after forty conflicts', async () => {
    const broker = world(GOVERNED);
    const grant = await activeIn(broker);
    let attempts = 0;
    const ports = withStore(broker.ports, {
      update: async () => {
        attempts += 1;
        return err({ code: 'conflict' });
      },
    });
    expect(await changeGrant(ports, CALL, grant.id, RENAME)).toEqual(
      err({ code: 'unavailable', what: 'store', grantId: grant.id }),
    );
    expect(attempts).toBe(40);
  });

  test.each<Exclude<UpdateRefusal, { code: 'conflict' | 'repeated' }>>([
    { code: 'suspended' },
    { code: 'key-reused' },
    NO_STORE,
  ])('fails as the store refuses it, once: $code', async (refusal) => {
    const broker = world(GOVERNED);
    const grant = await activeIn(broker);
    let attempts = 0;
    const ports = withStore(broker.ports, {
      update: async () => {
        attempts += 1;
        return err(refusal);
      },
    });
    expect(await changeGrant(ports, CALL, grant.id, RENAME)).toEqual(err(refusal));
    expect(attempts).toBe(1);
  });

  test('fails when the grant cannot be read', async () => {
    const ports = withStore(world(GOVERNED).ports, { find: async () => err(NO_STORE) });
    expect(await changeGrant(ports, CALL, NO_GRANT, RENAME)).toEqual(err(NO_STORE));
  });
});

describe('a repeat under one Idempotency-Key', () => {
  test('returns the grant as it is by now, and changes nothing', async () => {
    const broker = world(GOVERNED);
    const grant = await activeIn(broker);
    await changeGrant(broker.ports, keyed(ANA), grant.id, RENAME);
    await changeGrant(broker.ports, CALL, grant.id, RENAME);
    expect(await changeGrant(broker.ports, keyed(ANA), grant.id, RENAME)).toMatchObject({
      value: { version: 3, ticket: 'OPS-1++' },
    });
    expect(broker.grants.get(grant.id)?.version).toBe(3);
  });

  test('is answered to who made the first call, also if they may not see the grant by now', async () => {
    const broker = world(GOVERNED);
    const grant = await activeIn(broker);
    const first = await changeGrant(broker.ports, keyed(STRANGER), grant.id, RENAME);
    expect(await changeGrant(broker.ports, keyed(STRANGER), grant.id, RENAME)).toEqual(first);
    expect(await changeGrant(broker.ports, keyed(STRANGER, 'g'), grant.id, RENAME)).toEqual(
      err({ code: 'key-reused' }),
    );
  });

  test('of a call that found nothing left to do is answered so, although the rules would refuse it by now', async () => {
    const broker = world(GOVERNED);
    const grant = await pendingIn(broker);
    const ballot = { vote: 'approve', comment: null, extension: null } as const;
    await castVote(broker.ports, callOf(BOSS), grant.id, ballot);
    const again = await castVote(broker.ports, keyed(BOSS), grant.id, ballot);
    expect(again).toMatchObject({ value: { version: 2, status: 'pending' } });
    const events = broker.events.length;
    await castVote(broker.ports, callOf(OTHER_BOSS), grant.id, ballot);
    expect(await castVote(broker.ports, keyed(BOSS), grant.id, ballot)).toMatchObject({
      value: { status: 'active' },
    });
    expect(await castVote(broker.ports, keyed(BOSS, 'other'), grant.id, ballot)).toEqual(
      err({ code: 'key-reused' }),
    );
    expect(broker.events.slice(events).map(({ type }) => type)).toEqual(['voted', 'approved']);
  });

  test('of a call that found nothing left to do is remembered with no event, for suspended callers too', async () => {
    const broker = world(GOVERNED);
    const grant = await activeIn(broker);
    const writes: GrantUpdate[] = [];
    const ports = withStore(broker.ports, {
      update: async (write) => {
        writes.push(write);
        return ok(null);
      },
    });
    const call = keyed(ANA);
    await changeGrant(ports, call, grant.id, { ...RENAME, decide: async () => ok(null) });
    const { idempotency } = call;
    expect(writes).toEqual([{ before: grant, grant, events: [], idempotency, unsuspended: [] }]);
  });

  test('at the same moment, that found nothing left to do either, is answered like the first', async () => {
    const broker = world(GOVERNED);
    const grant = await activeIn(broker);
    const nothing = { ...RENAME, decide: async () => ok(null) };
    const both = await Promise.all([
      changeGrant(broker.ports, keyed(ANA), grant.id, nothing),
      changeGrant(broker.ports, keyed(ANA), grant.id, nothing),
    ]);
    expect(both).toEqual([ok(grant), ok(grant)]);
  });

  test.each([NO_STORE, { code: 'key-reused' }] as const)(
    'of a call that found nothing left to do fails as the store does: $code',
    async (refusal) => {
      const broker = world(GOVERNED);
      const grant = await activeIn(broker);
      const nothing = { ...RENAME, decide: async () => ok(null) };
      const ports = withStore(broker.ports, { update: async () => err(refusal) });
      expect(await changeGrant(ports, keyed(ANA), grant.id, nothing)).toEqual(err(refusal));
      expect(await changeGrant(ports, CALL, grant.id, nothing)).toEqual(ok(grant));
    },
  );

  test('with another body is refused', async () => {
    const broker = world(GOVERNED);
    const grant = await activeIn(broker);
    await changeGrant(broker.ports, keyed(ANA), grant.id, RENAME);
    expect(await changeGrant(broker.ports, keyed(ANA, 'other'), grant.id, RENAME)).toEqual(
      err({ code: 'key-reused' }),
    );
  });
});
