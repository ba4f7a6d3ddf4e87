import { describe, expect, test } from '@jest/globals';
import type { AuditEvent, PrincipalEvent, RequestedEvent } from '../../../core/audit.ts';
import type { Grant } from '../../../core/grant.ts';
import type { Notice } from '../../../core/ledger/record-events.ts';
import { type ObservePorts, readObserved } from '../../../core/observing/read-observed.ts';
import { err, ok } from '../../../core/result.ts';
import { raiseSignals, type SignalPorts } from '../../../core/signals/raise-signals.ts';
import type { SignalEvent } from '../../../core/signals/signal-store.ts';
import type { CastVote } from '../../../core/voter-signals.ts';
import { NO_STORE } from '../../support/failing-ports.ts';
import { ANA } from '../../support/memory-ports.ts';
import { grantOf, NOW, requestedEvent } from '../../support/sample-grants.ts';

const EVE = { type: 'User', id: 'people:eve', name: 'eve@acme.example' } as const;
const MINUTE = 60_000;

type Ports = SignalPorts & ObservePorts;

async function raiseFor(ports: Ports, notices: readonly Notice[]) {
  const observed = await readObserved(ports, notices);
  return observed.ok ? raiseSignals(ports, observed.value) : observed;
}

/** A trail in memory, and what is derived from it as the table does. */
function observing() {
  const grants = new Map<string, Grant>();
  const events: (AuditEvent | PrincipalEvent)[] = [];
  const raised: SignalEvent[] = [];
  const votes: CastVote[] = [];
  const lastAt = new Map<string, number>();
  const endings = (how: Grant['status'], principal: string) =>
    [...grants.values()].filter(
      ({ status, requester }) => status === how && requester.id === principal,
    );
  const ports: Ports = {
    trail: {
      latest: async (grantId) => {
        const of = events.filter((one) => 'grantId' in one && one.grantId === grantId);
        return ok({ events: (of as AuditEvent[]).toReversed(), next: null });
      },
      ofPrincipal: async ({ id }) =>
        ok((events.find((one) => one.id === id) as PrincipalEvent | undefined) ?? null),
    },
    store: {
      find: async (id) => ok(grants.get(id) ?? null),
      signalPast: async (_, { entitlements, before }) => {
        const at = (how: Grant['status']) =>
          endings(how, EVE.id).flatMap(({ endedAt }) => endedAt ?? []);
        const begun = endings('active', EVE.id)
          .filter(({ createdAt }) => createdAt < before)
          .map(({ createdAt, requestedWith: { token } }) => ({
            ...{ at: createdAt, network: '192.0.2.0/24' },
            ...(token !== undefined && { token }),
          }));
        return ok({
          ...{ denied: at('denied'), lapsed: at('lapsed'), cancelled: [] },
          begun: Object.fromEntries(entitlements.map((id) => [id, begun])),
        });
      },
      votesOf: async (_, before) => ok(votes.filter(({ at }) => at < before)),
    },
    signals: {
      ended: async (how, principal, { from, before }) =>
        ok(
          endings(how, principal)
            .map(({ id, endedAt }) => ({ at: endedAt ?? 0, grantId: id }))
            .filter(({ at }) => at >= from && at < before),
        ),
      refused: async (principal, { from, before }) =>
        ok(
          events.filter(
            (one): one is PrincipalEvent =>
              'principalId' in one &&
              one.principalId === principal &&
              one.at >= from &&
              one.at < before,
          ),
        ),
      raise: async (event, quietSeconds) => {
        const key = `${event.principalId} ${event.kind}`;
        const last = lastAt.get(key);
        lastAt.set(key, Math.max(event.at, last ?? 0));
        if (last !== undefined && last >= event.at - quietSeconds * 1000) return ok(false);
        raised.push(event);
        return ok(true);
      },
    },
    random: (length) => new Uint8Array(length),
  };
  let made = 0;
  /** An event of a new grant of Eve's, which is as the changes say. */
  const happen = (changes: Partial<Grant>, event: Partial<AuditEvent>) => {
    made += 1;
    const id = `gr_${String(made).padStart(20, '0')}`;
    const grant = {
      ...grantOf(ANA.principal, { createdAt: NOW }),
      ...{ id, requester: EVE, sourceIp: '192.0.2.7' },
      ...changes,
    };
    grants.set(id, grant);
    const { token: _, ...asked } = requestedEvent(grant) as RequestedEvent;
    const full = { ...asked, id: `ev_${made}`, at: NOW, ...event } as AuditEvent;
    events.push(full);
    return { id: full.id, at: full.at, grantId: id };
  };
  const denied = (minutes: number) => {
    const at = NOW + minutes * MINUTE;
    const decision = { outcome: 'deny', policies: ['no'], advice: [], bundle: 'b' } as const;
    const changes = { status: 'denied', createdAt: at, endedAt: at, endReason: 'policy', decision };
    return happen(changes as Partial<Grant>, { at, decision } as Partial<AuditEvent>);
  };
  const refused = (minutes: number, call: string, problem = 'forbidden') => {
    made += 1;
    const at = NOW + minutes * MINUTE;
    const event: PrincipalEvent = {
      ...{ id: `ev_${made}`, principalId: EVE.id, type: 'principal-refused', at, actor: EVE },
      ...{ requestId: 'r', sourceIp: '192.0.2.9', call, problem, reason: 'Policy says no.' },
      traceId: '4bf9',
    };
    events.push(event);
    return { id: event.id, at, principalId: EVE.id };
  };
  const observe = async (...notices: Parameters<typeof raiseFor>[1]) => {
    const done = await raiseFor(ports, notices);
    if (!done.ok) throw new Error(done.error.what);
    return done.value.map(({ kind, count }) => `${kind} ${count}`);
  };
  return { ports, raised, votes, happen, denied, refused, observe };
}

describe('denied attempts', () => {
  test('are a signal from the third within an hour on, with their story', async () => {
    const { denied, refused, observe, raised } = observing();
    expect(await observe(denied(0))).toEqual([]);
    expect(await observe(refused(10, 'POST /v1/grants/gr_1/revoke'))).toEqual([]);
    expect(await observe(denied(60))).toEqual(['many-denials 3']);
    expect(raised).toMatchObject([
      {
        ...{ type: 'signal-raised', principalId: EVE.id, principal: EVE, actor: 'broker' },
        ...{ at: NOW + 60 * MINUTE, reason: '3 within 1 hour', sourceIp: null },
        story: [
          { what: expect.stringMatching(/^read /), from: '192.0.2.7', why: 'policy: no' },
          { what: 'POST /v1/grants/gr_1/revoke', grant: null, why: 'Policy says no.' },
          { grant: expect.stringMatching(/^gr_/) },
        ],
      },
    ]);
  });

  test('raise one signal for as long as they go on, however often notices come', async () => {
    const { denied, observe, raised } = observing();
    const notices = [denied(0), denied(1), denied(2), denied(3)];
    expect(await observe(...notices)).toEqual(['many-denials 3']);
    expect(await observe(...notices.toReversed())).toEqual([]);
    expect(await observe(denied(60))).toEqual([]);
    expect(await observe(denied(300), denied(301), denied(302))).toEqual(['many-denials 3']);
    expect(raised).toHaveLength(2);
  });

  test('of an hour before do not count', async () => {
    const { denied, observe } = observing();
    expect(await observe(denied(0), denied(30), denied(61))).toEqual([]);
  });

  test.each(['limited', 'wrong-state', 'suspended'])(
    'are none where a call was refused as %s',
    async (problem) => {
      const { refused, observe } = observing();
      const calls = [0, 1, 2].map((minutes) => refused(minutes, 'POST /v1/grants', problem));
      expect(await observe(...calls)).toEqual([]);
    },
  );

  test('tell of the latest ten, and count all', async () => {
    const { denied, observe, raised } = observing();
    const notices = Array.from({ length: 12 }, (_, minutes) => denied(minutes));
    expect(await observe(...notices.slice(-1))).toEqual(['many-denials 12']);
    expect(raised[0]?.story).toHaveLength(10);
  });
});

test('a refused call of administrators is a signal at once', async () => {
  const { refused, observe, raised } = observing();
  expect(await observe(refused(0, 'POST /v1/principals/people%3Aana/suspend'))).toEqual([
    'refused-administration 1',
  ]);
  expect(await observe(refused(1, 'POST /v1/grants/gr_1/revoke'))).toEqual([]);
  expect(raised).toMatchObject([{ requestId: 'r', traceId: '4bf9' }]);
});

test('three requests that lapse within a day are a signal', async () => {
  const { happen, observe } = observing();
  const lapsed = (hours: number) => {
    const at = NOW + hours * 60 * MINUTE;
    const changes = { status: 'lapsed', endedAt: at, endReason: 'lapsed' } as const;
    return happen(changes, { type: 'lapsed', at });
  };
  expect(await observe(lapsed(0), lapsed(10))).toEqual([]);
  expect(await observe(lapsed(24))).toEqual(['many-lapses 3']);
});

describe('a new network', () => {
  const asked = (at: number, sourceIp: string, type: 'User' | 'Workload' = 'User') =>
    [{ status: 'active', createdAt: at, sourceIp, requester: { ...EVE, type } }, { at }] as const;

  test('is a signal for somebody who used the entitlement before', async () => {
    const { happen, observe } = observing();
    expect(await observe(happen(...asked(NOW, '198.51.100.7')))).toEqual([]);
    expect(await observe(happen(...asked(NOW + MINUTE, '192.0.2.99')))).toEqual([]);
    const elsewhere = happen(...asked(NOW + 2 * MINUTE, '198.51.100.7'));
    expect(await observe(elsewhere)).toEqual(['new-network 1']);
  });

  test('is none for jobs, whose runners come from everywhere', async () => {
    const { happen, observe } = observing();
    await observe(happen(...asked(NOW, '192.0.2.7', 'Workload')));
    expect(await observe(happen(...asked(NOW + 1, '198.51.100.7', 'Workload')))).toEqual([]);
  });
});

describe('one token in two networks', () => {
  const vended = (
    world: ReturnType<typeof observing>,
    used: { readonly sourceIp: string; readonly token?: string },
    type: 'User' | 'Workload' = 'User',
  ) => {
    const requestedWith = { startsInSeconds: 0, mfaAgeSeconds: null, history: null, token: 't1' };
    const changes = { status: 'active', requester: { ...EVE, type }, requestedWith } as const;
    return world.happen(changes, {
      type: 'vended',
      at: NOW + MINUTE,
      ...used,
    } as Partial<AuditEvent>);
  };

  test.each(['User', 'Workload'] as const)(
    'is a signal where a %s vends with the token of the request from elsewhere',
    async (type) => {
      const world = observing();
      expect(
        await world.observe(vended(world, { sourceIp: '192.0.2.99', token: 't1' }, type)),
      ).toEqual([]);
      expect(
        await world.observe(vended(world, { sourceIp: '198.51.100.7', token: 't2' }, type)),
      ).toEqual([]);
      expect(await world.observe(vended(world, { sourceIp: '198.51.100.7' }, type))).toEqual([]);
      expect(
        await world.observe(vended(world, { sourceIp: '198.51.100.7', token: 't1' }, type)),
      ).toEqual(['token-two-networks 1']);
      expect(world.raised[0]?.story).toMatchObject([
        { from: '192.0.2.7', why: 'requested' },
        { from: '198.51.100.7', why: 'keys were vended' },
      ]);
    },
  );

  test('is one where a person asks with it for what it got elsewhere', async () => {
    const world = observing();
    const asked = (at: number, sourceIp: string, token?: string) => {
      const known = { startsInSeconds: 0, mfaAgeSeconds: null, history: null };
      const requestedWith = token === undefined ? known : { ...known, token };
      return world.happen({ status: 'active', createdAt: at, sourceIp, requestedWith }, { at });
    };
    await world.observe(asked(NOW, '192.0.2.7', 't1'));
    const elsewhere = asked(NOW + MINUTE, '198.51.100.7', 't1');
    expect(await world.observe(elsewhere)).toEqual(['new-network 1', 'token-two-networks 1']);
    expect(await world.observe(asked(NOW + 2 * MINUTE, '203.0.113.7', 't2'))).toEqual([]);
  });
});

describe('votes', () => {
  const BO = { type: 'User', id: 'people:bo', name: 'bo' } as const;
  const voting = (count: number, afterMs: number) => {
    const world = observing();
    const notices = Array.from({ length: count }, (_, index) => {
      const at = NOW + index * 1000;
      const event = { type: 'voted', vote: 'approve', comment: null, actor: BO, at } as const;
      const notice = world.happen({}, event);
      const vote = { grantId: notice.grantId, requester: EVE.id, vote: 'approve' } as const;
      world.votes.push({ ...vote, at, requestedAt: at - afterMs });
      return notice;
    });
    return world.observe(...notices);
  };

  test('that are faster than anybody reads are a signal from the third on', async () => {
    expect(await voting(2, 1000)).toEqual([]);
    expect(await voting(3, 1000)).toEqual(['fast-votes 3']);
    expect(await voting(3, 10_000)).toEqual([]);
  });

  test('are one where ten come within five minutes', async () => {
    expect(await voting(9, 60_000)).toEqual([]);
    expect(await voting(10, 60_000)).toEqual(['approver-burst 10']);
  });
});

test.each(['ended', 'refused'] as const)(
  'a store that does not answer %s fails the whole batch, which comes again',
  async (read) => {
    const { ports, denied } = observing();
    const signals = { ...ports.signals, [read]: async () => err(NO_STORE) };
    expect(await raiseFor({ ...ports, signals }, [denied(0)])).toEqual(err(NO_STORE));
  },
);
