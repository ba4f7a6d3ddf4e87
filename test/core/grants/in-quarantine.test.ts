import { describe, expect, test } from '@jest/globals';
import { revokeGrant } from '../../../core/grants/end-grant.ts';
import { extendGrant } from '../../../core/grants/extend-grant.ts';
import { requestGrant } from '../../../core/grants/request-grant.ts';
import { requestAndVend, vendCredentials } from '../../../core/grants/vend-credentials.ts';
import { castVote } from '../../../core/grants/vote-on-grant.ts';
import { err, ok } from '../../../core/result.ts';
import { activeIn, BOSS, GOVERNED, keyed, pendingIn } from '../../support/authorities.ts';
import { compiled } from '../../support/bundles.ts';
import { ANA, CALL, callOf, REQUEST, type World, world } from '../../support/memory-ports.ts';
import { IN_FORCE } from '../../support/quarantine.ts';

const REFUSED = err({ code: 'quarantined', quarantine: IN_FORCE });
const UNREADABLE = err({ code: 'unavailable', what: 'store' } as const);
const APPROVE = { vote: 'approve', comment: null, extension: null } as const;

/** Every call that gives something, each on a broker of its own. */
const GIVING: Readonly<Record<string, (broker: World) => Promise<unknown>>> = {
  'a request': (broker) => requestGrant(broker.ports, CALL, REQUEST),
  'a request with credentials': (broker) => requestAndVend(broker.ports, CALL, REQUEST),
  'a vend': (broker) => vendCredentials(broker.ports, CALL, idIn(broker, 'active')),
  'a vote': (broker) => castVote(broker.ports, callOf(BOSS), idIn(broker, 'pending'), APPROVE),
  'a vote to deny': (broker) =>
    castVote(broker.ports, callOf(BOSS), idIn(broker, 'pending'), { ...APPROVE, vote: 'deny' }),
  'an extension': (broker) =>
    extendGrant(broker.ports, CALL, idIn(broker, 'active'), {
      ...{ durationSeconds: 2400, justification: 'longer' },
    }),
};

function idIn({ grants }: World, status: string): string {
  return [...grants.values()].find((grant) => grant.status === status)?.id ?? '';
}

async function brokerWithGrants(): Promise<World> {
  const broker = world(GOVERNED);
  await activeIn(broker);
  await pendingIn(broker);
  broker.log.length = 0;
  return broker;
}

describe.each([
  ['in quarantine', ok(IN_FORCE), REFUSED],
  ['where the quarantine cannot be read', UNREADABLE, UNREADABLE],
] as const)('%s', (_, quarantine, refusal) => {
  test.each(Object.keys(GIVING))('%s is refused, and nothing is written', async (what) => {
    const broker = await brokerWithGrants();
    broker.quarantine = quarantine;
    expect(await GIVING[what]?.(broker)).toEqual(refusal);
    expect(broker.log).toEqual([]);
    expect(broker.events.map(({ type }) => type)).toEqual(['requested', 'requested']);
    expect(broker.plans).toEqual([]);
  });

  test('a grant is revoked', async () => {
    const broker = await brokerWithGrants();
    broker.quarantine = quarantine;
    const id = idIn(broker, 'active');
    expect(await revokeGrant(broker.ports, CALL, id, null)).toMatchObject({ ok: true });
  });
});

test('without a quarantine, none of them is refused as in one', async () => {
  for (const give of Object.values(GIVING)) {
    expect(await give(await brokerWithGrants())).toMatchObject({ ok: true });
  }
});

test('a request that came before with the same key vends nothing either', async () => {
  const broker = world(compiled());
  const call = keyed(ANA);
  expect(await requestAndVend(broker.ports, call, REQUEST)).toMatchObject({ ok: true });
  broker.quarantine = ok(IN_FORCE);
  expect(await requestAndVend(broker.ports, call, REQUEST)).toEqual(REFUSED);
  expect(broker.plans).toHaveLength(1);
});

test('one that begins while a vend is written stops it before STS, and leaves a record', async () => {
  const broker = world(compiled());
  const { create } = broker.ports.store;
  const store = {
    ...broker.ports.store,
    create: (async (write) => {
      broker.quarantine = ok(IN_FORCE);
      return create(write);
    }) satisfies typeof create,
  };
  expect(await requestAndVend({ ...broker.ports, store }, CALL, REQUEST)).toEqual(REFUSED);
  expect(broker.plans).toEqual([]);
  expect(broker.events.at(-1)).toMatchObject({ type: 'vend-failed', reason: 'quarantined' });
});
