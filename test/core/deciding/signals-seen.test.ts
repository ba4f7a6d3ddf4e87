import { describe, expect, test } from '@jest/globals';
import { reevaluate } from '../../../core/deciding/reevaluate.ts';
import { mayVote } from '../../../core/deciding/who-may-vote.ts';
import type { Grant } from '../../../core/grant.ts';
import { requestGrant } from '../../../core/grants/request-grant.ts';
import { vendCredentials } from '../../../core/grants/vend-credentials.ts';
import { castVote } from '../../../core/grants/vote-on-grant.ts';
import { QUIET } from '../../../core/request-signals.ts';
import { err } from '../../../core/result.ts';
import { APPROVAL, BOSS, OTHER_BOSS } from '../../support/authorities.ts';
import { compiled, files, READ } from '../../support/bundles.ts';
import { NO_STORE, withStore } from '../../support/failing-ports.ts';
import { ANA, CALL, callOf, NOW, REQUEST, type World, world } from '../../support/memory-ports.ts';
import { EXTENSION } from '../../support/sample-grants.ts';

/** What policies see in `context.signals`, with the engine that decides. */

const rule = (effect: string, id: string, actions: string, when = '') => `@id("${id}")
${effect === 'forbid' ? '@advice("Wait for a colleague.")' : ''}
${effect} (
  principal,
  action in [${actions.replace(/\w+/g, (action) => `ValetKey::Action::"${action}"`)}],
  resource == ValetKey::Entitlement::"read"
)${when && ` when { ${when} }`};
`;
const governedBy = (...rules: readonly string[]) =>
  compiled(
    files({
      'entitlements/read.yaml': `${READ}${APPROVAL}`,
      'policies/read.cedar': [rule('permit', 'all', 'request, autoApprove'), ...rules].join('\n'),
    }),
  );

const request = async (broker: World, changes: { readonly ticket?: string | null } = {}) => {
  const made = await requestGrant(broker.ports, CALL, { ...REQUEST, ...changes });
  broker.now += 1000;
  if (made.ok) return made.value;
  if (made.error.code === 'denied') return made.error.grant;
  throw new Error(made.error.code);
};
const deniedByPeople = async (broker: World) => {
  const grant = await request(broker, { ticket: null });
  for (const boss of [BOSS, OTHER_BOSS]) {
    const ballot = { vote: 'deny', comment: 'no', extension: null } as const;
    const voted = await castVote(broker.ports, callOf(boss), grant.id, ballot);
    if (!voted.ok) throw new Error(voted.error.code);
  }
  broker.now += 1000;
};

describe('after denials in a row', () => {
  const WARY = governedBy(
    rule('forbid', 'denied-before', 'autoApprove', 'context.signals.deniedInARow >= 2'),
    rule('forbid', 'no-ticket', 'autoApprove', '!(context has ticket)'),
  );

  test('a policy leaves to people what it allowed before, and the record says why', async () => {
    const broker = world(WARY);
    await deniedByPeople(broker);
    await deniedByPeople(broker);
    const grant = await request(broker, { ticket: 'OPS-1' });
    expect(grant).toMatchObject({
      ...{ status: 'pending', decision: { policies: ['all', 'denied-before'] } },
    });
    const signals = { ...QUIET, deniedInARow: 2, firstUse90Days: true, newNetwork: true };
    expect(grant.requestedWith.signals).toEqual(signals);
    const recorded = broker.events.findLast(({ type }) => type === 'requested');
    expect(recorded).toMatchObject({ inputs: { facts: { signals } } });
    // What is asked again later is asked about the signals of the request.
    broker.now += 5 * 86_400_000;
    const again = await reevaluate(broker.ports, grant);
    expect(again).toMatchObject({
      value: { outcome: 'approve', policies: ['all', 'denied-before'] },
    });
  });
});

describe('a grant that is used from another network', () => {
  const HOME_ONLY = governedBy(
    rule('forbid', 'other-network', 'autoApprove', 'context.signals.otherNetwork'),
  );

  test('gives no keys where policy forbids it, and keys from the network of its request', async () => {
    const broker = world(HOME_ONLY);
    const { id } = await request(broker);
    const vendFrom = (sourceIp: string) => vendCredentials(broker.ports, { ...CALL, sourceIp }, id);
    expect(await vendFrom('198.51.100.7')).toMatchObject({
      error: { code: 'token-denied', decision: { policies: ['all', 'other-network'] } },
    });
    expect((await vendFrom(CALL.sourceIp)).ok).toBe(true);
  });
});

describe('a token that is used from two networks', () => {
  const ONE_PLACE = governedBy(
    rule('forbid', 'one-place', 'autoApprove', 'context.signals.tokenTwoNetworks'),
  );
  const stolen = { ...CALL, caller: { ...CALL.caller, token: 't1' }, sourceIp: '198.51.100.7' };

  test('gives no keys under a grant that was requested with it elsewhere, where policy forbids it', async () => {
    const broker = world(ONE_PLACE);
    const asked = await request(broker);
    const requestedWith = { ...asked.requestedWith, token: 't1' };
    broker.grants.set(asked.id, { ...asked, requestedWith });
    expect(await vendCredentials(broker.ports, stolen, asked.id)).toMatchObject({
      error: { code: 'token-denied', decision: { policies: ['all', 'one-place'] } },
    });
    const another = { ...stolen, caller: { ...CALL.caller, token: 't2' } };
    expect((await vendCredentials(broker.ports, another, asked.id)).ok).toBe(true);
  });

  test('was not recorded by an earlier version, and is none then', async () => {
    const broker = world(ONE_PLACE);
    const asked = await request(broker);
    const { tokenTwoNetworks: _, ...recorded } = asked.requestedWith.signals ?? QUIET;
    const requestedWith = { ...asked.requestedWith, signals: recorded as typeof QUIET };
    broker.grants.set(asked.id, { ...asked, requestedWith });
    expect((await vendCredentials(broker.ports, CALL, asked.id)).ok).toBe(true);
  });
});

describe('the signals of a vote', () => {
  const voting = (when: string) =>
    governedBy(
      rule('forbid', 'people', 'autoApprove', 'true'),
      rule('forbid', 'no-vote', 'vote', when),
    );
  const may = async (broker: World, grant: Grant) => mayVote(broker.ports, callOf(BOSS), grant);

  test('say how fast it is', async () => {
    const broker = world(voting('context.signals.fastVote'));
    const grant = await request(broker);
    broker.now = NOW + 9999;
    expect(await may(broker, grant)).toEqual({ ok: true, value: false });
    broker.now = NOW + 10_000;
    expect(await may(broker, grant)).toEqual({ ok: true, value: true });
  });

  test('say whether the voter approved for this requester before, and how often just now', async () => {
    const strangers = world(voting('context.signals.neverMet'));
    expect(await may(strangers, await request(strangers))).toEqual({ ok: true, value: false });
    const busy = world(
      voting('context.signals.approverBurst >= 1 || context.signals.lapsedLately > 0'),
    );
    await deniedByPeople(busy);
    expect(await may(busy, await request(busy))).toEqual({ ok: true, value: false });
    busy.now += 400_000;
    expect(await may(busy, await request(busy))).toEqual({ ok: true, value: true });
  });

  test('on an extension are those of the extension, read where its record has none', async () => {
    const broker = world(voting('context.signals.fastVote || context.signals.deniedInARow > 0'));
    const grant = { ...(await request(broker)), status: 'active' } as const;
    const extension = { ...EXTENSION, requestedAt: NOW + 60_000 };
    broker.now = NOW + 65_000;
    expect(await may(broker, { ...grant, extension })).toEqual({ ok: true, value: false });
    broker.now = NOW + 75_000;
    expect(await may(broker, { ...grant, extension })).toEqual({ ok: true, value: true });
    const facts = { ...EXTENSION.inputs.facts, signals: { ...QUIET, deniedInARow: 1 } };
    const seen = { ...extension, inputs: { ...EXTENSION.inputs, facts } };
    expect(await may(broker, { ...grant, extension: seen })).toEqual({ ok: true, value: false });
  });

  test.each(['votesOf', 'signalPast'] as const)(
    'are not quiet where the store does not answer %s: the vote fails',
    async (read) => {
      const broker = world(voting('context.signals.fastVote'));
      const { signals: _, ...requestedWith } = (await request(broker)).requestedWith;
      const grant = { ...(await request(broker)), requestedWith };
      const ports = withStore(broker.ports, { [read]: async () => err(NO_STORE) });
      expect(await mayVote(ports, callOf(BOSS), grant)).toEqual(err(NO_STORE));
    },
  );
});

test('where no policy reads signals, none are recorded', async () => {
  const broker = world(governedBy());
  const grant = await request(broker);
  expect(grant.requestedWith).not.toHaveProperty('signals');
  expect(grant.requester.id).toBe(ANA.principal.id);
  expect(JSON.stringify(broker.events)).not.toContain('signals');
});
