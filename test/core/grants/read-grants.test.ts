import { describe, expect, test } from '@jest/globals';
import { findOwnGrant, findVisibleGrant } from '../../../core/grants/find-grant.ts';
import { listDecisions } from '../../../core/grants/list-decisions.ts';
import { eventsOf, listGrants } from '../../../core/grants/read-grants.ts';
import { requestAndVend } from '../../../core/grants/vend-credentials.ts';
import type { GrantQuery } from '../../../core/ports.ts';
import type { Caller } from '../../../core/principal.ts';
import { err, ok } from '../../../core/result.ts';
import { compiled, files } from '../../support/bundles.ts';
import {
  AUDITOR,
  grantOf,
  NO_POLICY,
  NO_STORE,
  PERMIT_AUDIT,
  unusedStore,
  withEngine,
  withStore,
} from '../../support/failing-ports.ts';
import { ANA, CALL, callOf, person, REQUEST, world } from '../../support/memory-ports.ts';

const BUNDLE = compiled(files({ 'policies/read.cedar': PERMIT_AUDIT }));
const EVE = person('eve');

async function granted() {
  const broker = world(BUNDLE);
  const first = await requestAndVend(broker.ports, CALL, REQUEST);
  if (!first.ok) throw new Error(first.error.code);
  return { broker, ports: broker.ports, grant: first.value.grant };
}

/** The queries that reach the store. */
async function queriesOf(caller: Caller, query: GrantQuery) {
  const queries: GrantQuery[] = [];
  const ports = withStore(world(BUNDLE).ports, {
    list: async (reached) => {
      queries.push(reached);
      return ok({ grants: [grantOf(ANA.principal)], next: null });
    },
  });
  return { answer: await listGrants(ports, callOf(caller), query), queries };
}

describe('reading a grant', () => {
  test('is for its requester and for auditors; nobody else learns that it is there', async () => {
    const { ports, grant } = await granted();
    expect(await findVisibleGrant(ports, callOf(ANA), grant.id)).toEqual(ok(grant));
    expect(await findVisibleGrant(ports, callOf(AUDITOR), grant.id)).toEqual(ok(grant));
    const hidden = await findVisibleGrant(ports, callOf(EVE), grant.id);
    expect(hidden).toEqual(await findVisibleGrant(ports, callOf(EVE), `gr_${'0'.repeat(20)}`));
    expect(hidden).toMatchObject({ ok: false, error: { code: 'not-found' } });
  });

  test('as one’s own is refused to auditors, who see it', async () => {
    const { ports, grant } = await granted();
    expect(await findOwnGrant(ports, callOf(ANA), grant.id)).toEqual(ok(grant));
    expect(await findOwnGrant(ports, callOf(AUDITOR), grant.id)).toMatchObject({
      error: { code: 'forbidden', grant },
    });
    expect(await findOwnGrant(ports, callOf(EVE), grant.id)).toMatchObject({
      error: { code: 'not-found' },
    });
  });

  test.each(['', 'x', 'gr_*', `gr_${'0'.repeat(20)}#x`, '__proto__', 'gr_'.repeat(9999)])(
    'by the id %j does not even reach the store',
    async (id) => {
      const ports = { ...world(BUNDLE).ports, store: unusedStore() };
      expect(await findVisibleGrant(ports, callOf(ANA), id.slice(0, 5000))).toMatchObject({
        error: { code: 'not-found' },
      });
    },
  );

  test('fails closed without the store or without policy', async () => {
    const { ports, grant } = await granted();
    const noStore = withStore(ports, { find: async () => err(NO_STORE) });
    expect(await findVisibleGrant(noStore, callOf(ANA), grant.id)).toEqual(err(NO_STORE));
    const noPolicy = withEngine(ports, { mayOnBroker: () => err(NO_POLICY) });
    expect(await findVisibleGrant(noPolicy, callOf(EVE), grant.id)).toEqual(err(NO_POLICY));
    expect(await findVisibleGrant(noPolicy, callOf(ANA), grant.id)).toEqual(ok(grant));
  });
});

describe('the events of a grant', () => {
  test('are for those who see the grant', async () => {
    const { broker, ports, grant } = await granted();
    expect(await eventsOf(ports, callOf(ANA), grant.id)).toEqual(ok(broker.events));
    expect(await eventsOf(ports, callOf(AUDITOR), grant.id)).toEqual(ok(broker.events));
    expect(await eventsOf(ports, callOf(EVE), grant.id)).toMatchObject({
      error: { code: 'not-found' },
    });
  });
});

describe('the list of grants', () => {
  const own = ANA.principal.id;
  const other = EVE.principal.id;

  test.each<[string, Caller, GrantQuery, readonly GrantQuery[]]>([
    ['one’s own without a word', ANA, { limit: 5 }, [{ limit: 5, requester: own }]],
    ['one’s own as “me”', ANA, { limit: 5, requester: 'me' }, [{ limit: 5, requester: own }]],
    ['one’s own by id', ANA, { limit: 5, requester: own }, [{ limit: 5, requester: own }]],
    ['everybody’s for auditors', AUDITOR, { limit: 5 }, [{ limit: 5 }]],
    [
      'another’s for auditors',
      AUDITOR,
      { limit: 5, requester: own },
      [{ limit: 5, requester: own }],
    ],
    ['nothing of others', ANA, { limit: 5, requester: other }, []],
  ])('holds %s', async (_, caller, query, reached) => {
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

  test('is no answer, rather than a shorter one, when policy has none', async () => {
    const ports = {
      ...withEngine(world(BUNDLE).ports, { mayOnBroker: () => err(NO_POLICY) }),
      store: unusedStore(),
    };
    expect(await listGrants(ports, callOf(AUDITOR), { limit: 5 })).toEqual(err(NO_POLICY));
    expect(await listGrants(ports, callOf(ANA), { limit: 5, requester: other })).toEqual(
      err(NO_POLICY),
    );
  });
});

describe('recorded decisions', () => {
  test('are for auditors only', async () => {
    const { broker, ports, grant } = await granted();
    const [event] = broker.events;
    expect(await listDecisions(ports, AUDITOR, { limit: 5 })).toEqual(
      ok({ decisions: [{ grant, event }], next: null }),
    );
    const closed = { ...ports, store: unusedStore() };
    expect(await listDecisions(closed, ANA, { limit: 5, requester: 'me' })).toMatchObject({
      ok: false,
      error: { code: 'forbidden' },
    });
  });

  test('are complete or not there at all', async () => {
    const { ports } = await granted();
    const broken = withStore(ports, { events: async () => err(NO_STORE) });
    expect(await listDecisions(broken, AUDITOR, { limit: 5 })).toEqual(err(NO_STORE));
  });
});
