import { describe, expect, test } from '@jest/globals';
import { NO_SUCH_GRANT } from '../../../core/deciding/authority.ts';
import { describeGrant, eventsOf, listGrants } from '../../../core/grants/read-grants.ts';
import { castVote } from '../../../core/grants/vote-on-grant.ts';
import type { GrantQuery } from '../../../core/ports.ts';
import type { Caller } from '../../../core/principal.ts';
import { err, ok } from '../../../core/result.ts';
import {
  ADMIN,
  activeIn,
  BOSS,
  extensionIn,
  GOVERNED,
  pendingIn,
  STRANGER,
} from '../../support/authorities.ts';
import { compiled } from '../../support/bundles.ts';
import {
  NO_POLICY,
  NO_STORE,
  unusedStore,
  withEngine,
  withStore,
} from '../../support/failing-ports.ts';
import { ANA, AUDITOR, CALL, callOf, NOW, person, world } from '../../support/memory-ports.ts';
import { grantOf } from '../../support/sample-grants.ts';

/** The queries that reach the store. */
async function queriesOf(caller: Caller, query: GrantQuery) {
  const queries: GrantQuery[] = [];
  const ports = withStore(world(GOVERNED).ports, {
    list: async (reached) => {
      queries.push(reached);
      return ok({ grants: [grantOf(ANA.principal)], next: null });
    },
  });
  return { answer: await listGrants(ports, callOf(caller), query), queries };
}

const policyOf = (until: string): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::acme/a/*' },
      {
        Effect: 'Deny',
        Action: '*',
        Resource: '*',
        Condition: { DateGreaterThanEquals: { 'aws:CurrentTime': until } },
      },
    ],
  });

describe('one grant', () => {
  test('comes without details for its requester', async () => {
    const broker = world(GOVERNED);
    const grant = await pendingIn(broker);
    expect(await describeGrant(broker.ports, CALL, grant.id)).toEqual(ok({ grant, details: null }));
    expect(broker.log).toEqual([]);
  });

  test('comes with everything that an approver needs to decide', async () => {
    const broker = world(GOVERNED);
    const grant = await pendingIn(broker);
    const reads: unknown[] = [];
    const ports = withStore(broker.ports, {
      history: async (...args) => {
        reads.push(args);
        return ok({ denials: 3, entitlements: ['read'] });
      },
    });
    broker.now = NOW + 60_000;
    const details = {
      title: 'Read',
      risk: 'low',
      sessionPolicy: policyOf('2026-11-23T10:31:00Z'),
      history: { recentDenials: 3, firstUse: false },
    };
    expect(await describeGrant(ports, callOf(BOSS), grant.id)).toEqual(ok({ grant, details }));
    expect(reads).toEqual([
      ['people:ana', { entitlements: ['read'], since: NOW - 86_400_000, before: NOW }],
    ]);
  });

  test.each([
    ['that it has', { expiresAt: NOW + 60_000, startsAt: NOW }, '2026-11-23T10:01:00.500Z'],
    ['after the start requested', { startsAt: NOW + 60_000 }, '2026-11-23T10:31:00Z'],
  ])('shows the session policy with the end %s', async (_, times, until) => {
    const broker = world(GOVERNED);
    const grant = await pendingIn(broker, times);
    expect(await describeGrant(broker.ports, callOf(AUDITOR), grant.id)).toMatchObject({
      value: { details: { sessionPolicy: policyOf(until) } },
    });
  });

  test('shows the session policy of the scope that was requested', async () => {
    const broker = world(GOVERNED);
    const scope = { resources: ['arn:aws:s3:::acme/a/b'] };
    const grant = await pendingIn(broker, { scope });
    const described = await describeGrant(broker.ports, callOf(AUDITOR), grant.id);
    expect(described).toMatchObject({
      value: { details: { sessionPolicy: expect.stringContaining('arn:aws:s3:::acme/a/b"') } },
    });
  });

  test.each([
    ['the definition has changed', { definition: 'sha256:other' }],
    ['none can be composed', { scope: { actions: ['s3:PutObject'] } }],
  ])('shows no session policy where %s', async (_, changes) => {
    const broker = world(GOVERNED);
    const grant = await pendingIn(broker, changes);
    expect(await describeGrant(broker.ports, callOf(AUDITOR), grant.id)).toMatchObject({
      value: { grant, details: { title: 'Read', sessionPolicy: null } },
    });
  });

  test('comes without details where its entitlement is gone', async () => {
    const broker = world(GOVERNED);
    const grant = await pendingIn(broker, { entitlement: 'gone' });
    expect(await describeGrant(broker.ports, callOf(AUDITOR), grant.id)).toEqual(
      ok({ grant, details: null }),
    );
  });

  test('is not found by strangers', async () => {
    const broker = world(GOVERNED);
    const grant = await pendingIn(broker);
    expect(await describeGrant(broker.ports, callOf(STRANGER), grant.id)).toEqual(
      err(NO_SUCH_GRANT),
    );
  });

  test('is not described without the history of its requester', async () => {
    const broker = world(GOVERNED);
    const grant = await pendingIn(broker);
    const ports = withStore(broker.ports, { history: async () => err(NO_STORE) });
    expect(await describeGrant(ports, callOf(BOSS), grant.id)).toEqual(err(NO_STORE));
  });
});

describe('the events of a grant', () => {
  test('are for those who see the grant', async () => {
    const broker = world(GOVERNED);
    const grant = await activeIn(broker);
    await pendingIn(broker);
    const own = broker.events.slice(0, 1);
    const read = (caller: Caller) =>
      eventsOf(broker.ports, callOf(caller), grant.id, { limit: 5, after: null });
    expect(await read(ANA)).toEqual(ok({ events: own, next: null }));
    expect(await read(AUDITOR)).toEqual(ok({ events: own, next: null }));
    expect(await read(STRANGER)).toEqual(err(NO_SUCH_GRANT));
    expect(await read(person('ana', []))).toEqual(err(NO_SUCH_GRANT));
  });
});

describe('the list of grants', () => {
  const own = ANA.principal.id;
  const other = STRANGER.principal.id;

  test.each<[string, Caller, GrantQuery, readonly GrantQuery[]]>([
    ['the caller’s own by default', ANA, { limit: 5 }, [{ limit: 5, requester: own }]],
    ['their own as “me”', ANA, { limit: 5, requester: 'me' }, [{ limit: 5, requester: own }]],
    ['their own by id', ANA, { limit: 5, requester: own }, [{ limit: 5, requester: own }]],
    ['everybody’s for auditors', AUDITOR, { limit: 5 }, [{ limit: 5 }]],
    ['everybody’s for administrators', ADMIN, { limit: 5 }, [{ limit: 5 }]],
    [
      'another’s for auditors',
      AUDITOR,
      { limit: 5, requester: own },
      [{ limit: 5, requester: own }],
    ],
    [
      'an auditor’s own as “me”',
      AUDITOR,
      { limit: 5, requester: 'me' },
      [{ limit: 5, requester: 'people:zoe' }],
    ],
    ['nothing of others', ANA, { limit: 5, requester: other }, []],
  ])('contains %s', async (_, caller, query, reached) => {
    const { answer, queries } = await queriesOf(caller, query);
    expect(queries).toEqual(reached);
    expect(answer).toMatchObject({ ok: true, value: { grants: { length: reached.length } } });
  });

  test('keeps every filter and the place of the page', async () => {
    const after = { createdAt: 1, id: 'gr_1' };
    const query: GrantQuery = { status: 'active', entitlement: 'read', limit: 2, after };
    expect((await queriesOf(ANA, query)).queries).toEqual([{ ...query, requester: own }]);
    expect((await queriesOf(AUDITOR, query)).queries).toEqual([query]);
  });

  test('is a failure, rather than a shorter list, when policy has no answer', async () => {
    const ports = {
      ...withEngine(world(GOVERNED).ports, { mayOnBroker: () => err(NO_POLICY) }),
      store: unusedStore(),
    };
    expect(await listGrants(ports, callOf(AUDITOR), { limit: 5 })).toEqual(err(NO_POLICY));
    expect(await listGrants(ports, callOf(ANA), { limit: 5, requester: other })).toEqual(
      err(NO_POLICY),
    );
  });
});

describe('the list of reviewable grants', () => {
  const REVIEWABLE = { limit: 5, reviewable: true } as const;

  test('contains the pending requests of others that the caller may vote on', async () => {
    const broker = world(GOVERNED);
    const grant = await pendingIn(broker);
    await pendingIn(broker, { entitlement: 'gone' });
    await activeIn(broker);
    await pendingIn(broker, {}, person('bo', ['readers', 'bosses']));
    expect(await listGrants(broker.ports, callOf(BOSS), REVIEWABLE)).toEqual(
      ok({ grants: [grant], next: null }),
    );
    expect(await listGrants(broker.ports, callOf(AUDITOR), REVIEWABLE)).toEqual(
      ok({ grants: [], next: null }),
    );
  });

  test('contains the running grants with an extension that waits for votes', async () => {
    const broker = world(GOVERNED);
    const asked = await extensionIn(broker);
    await activeIn(broker);
    const wanted = { ...REVIEWABLE, status: 'active' } as const;
    const all = ok({ grants: [asked], next: null });
    expect(await listGrants(broker.ports, callOf(BOSS), REVIEWABLE)).toEqual(all);
    expect(await listGrants(broker.ports, callOf(BOSS), wanted)).toEqual(all);
    expect(await listGrants(broker.ports, callOf(STRANGER), REVIEWABLE)).toMatchObject({
      value: { grants: [] },
    });
    broker.now = asked.extension?.approvals.lapseAt ?? 0;
    expect(await listGrants(broker.ports, callOf(BOSS), REVIEWABLE)).toMatchObject({
      value: { grants: [] },
    });
  });

  test('keeps filters and pages', async () => {
    const broker = world(GOVERNED);
    const older = await pendingIn(broker);
    broker.now += 1000;
    const newer = await pendingIn(broker);
    const query = {
      limit: 1,
      reviewable: true,
      status: 'pending',
      requester: 'people:ana',
    } as const;
    await activeIn(broker);
    expect(await listGrants(broker.ports, callOf(BOSS), query)).toMatchObject({
      value: { grants: [newer], next: { id: newer.id } },
    });
    const rest = { ...query, after: newer };
    expect(await listGrants(broker.ports, callOf(BOSS), rest)).toEqual(
      ok({ grants: [older], next: null }),
    );
  });

  test('is a failure where the store or policy is one', async () => {
    const broker = world(GOVERNED);
    await pendingIn(broker);
    const unlisted = withStore(broker.ports, { list: async () => err(NO_STORE) });
    expect(await listGrants(unlisted, callOf(BOSS), REVIEWABLE)).toEqual(err(NO_STORE));
    const silent = withEngine(broker.ports, { mayVote: () => err(NO_POLICY) });
    expect(await listGrants(silent, callOf(BOSS), REVIEWABLE)).toEqual(err(NO_POLICY));
  });

  test('is a failure where the record of a request is missing, and names it to those who may see it', async () => {
    const broker = world(GOVERNED);
    const damaged = await pendingIn(broker);
    await pendingIn(broker);
    const ports = withStore(broker.ports, {
      requestedEvent: async (id) =>
        id === damaged.id ? ok(null) : broker.ports.store.requestedEvent(id),
    });
    const named = err({ ...NO_STORE, grantId: damaged.id });
    expect(await listGrants(ports, callOf(AUDITOR), REVIEWABLE)).toEqual(named);
    expect(await listGrants(ports, callOf(ADMIN), REVIEWABLE)).toEqual(named);
    expect(await listGrants(ports, callOf(BOSS), REVIEWABLE)).toEqual(err(NO_STORE));
    const silent = withEngine(ports, { mayOnBroker: () => err(NO_POLICY) });
    expect(await listGrants(silent, callOf(AUDITOR), REVIEWABLE)).toEqual(err(NO_STORE));
  });
});

test('what the caller voted on is listed and seen also after it ended, and without the right to vote', async () => {
  const broker = world(GOVERNED);
  const grant = await pendingIn(broker);
  await pendingIn(broker);
  await castVote(broker.ports, callOf(BOSS), grant.id, {
    vote: 'approve',
    comment: null,
    extension: null,
  });
  const voted = broker.grants.get(grant.id) ?? grant;
  const ended = { ...voted, status: 'cancelled' as const };
  broker.grants.set(grant.id, ended);
  const left = callOf(person('bo', []));
  const query = { limit: 5, voted: true } as const;
  expect(await listGrants(broker.ports, left, query)).toEqual(ok({ grants: [ended], next: null }));
  expect(await describeGrant(broker.ports, left, grant.id)).toMatchObject({ ok: true });
  expect(await listGrants(broker.ports, callOf(STRANGER), query)).toEqual(
    ok({ grants: [], next: null }),
  );
});

test('a caller whom no policy knows lists nothing but their own', async () => {
  const broker = world(compiled());
  expect(await listGrants(broker.ports, callOf(STRANGER), { limit: 5 })).toEqual(
    ok({ grants: [], next: null }),
  );
});
