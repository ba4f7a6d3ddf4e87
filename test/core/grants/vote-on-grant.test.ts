import { describe, expect, test } from '@jest/globals';
import type { Bundle } from '../../../core/bundle/bundle.ts';
import type { Grant } from '../../../core/grant.ts';
import { castVote, withdrawVote } from '../../../core/grants/vote-on-grant.ts';
import type { Caller } from '../../../core/principal.ts';
import { err, ok } from '../../../core/result.ts';
import {
  APPROVAL,
  BOSS,
  DEPUTY,
  GOVERNED,
  keyed,
  OTHER_BOSS,
  POLICIES,
  pendingIn,
  storedIn,
} from '../../support/authorities.ts';
import { compiled, files, ISSUERS, READ } from '../../support/bundles.ts';
import { NO_POLICY, NO_STORE, withEngine, withStore } from '../../support/failing-ports.ts';
import {
  ANA,
  AUDITOR,
  callOf,
  NOW,
  person,
  REQUEST,
  type World,
  world,
} from '../../support/memory-ports.ts';

const vote = (
  broker: World,
  caller: Caller,
  grant: Grant,
  what: 'approve' | 'deny' = 'approve',
  comment: string | null = null,
) => castVote(broker.ports, callOf(caller), grant.id, { vote: what, comment, extension: null });

describe('a vote', () => {
  test('is counted on the request, and recorded', async () => {
    const broker = world(GOVERNED);
    const grant = await pendingIn(broker);
    const voted = await vote(broker, BOSS, grant, 'approve', 'fine');
    const approver = { type: 'User', id: 'people:bo', name: 'bo@acme.example' } as const;
    const facts = {
      principal: BOSS.principal,
      sourceIp: '10.1.2.3',
      mfa: false,
      mfaAgeSeconds: null,
    };
    const counted = {
      ...{ approver, vote: 'approve', comment: 'fine', at: NOW },
      ...{ marks: ['people:bo'], facts },
    };
    expect(voted).toEqual(
      ok({ ...grant, version: 2, approvals: { ...grant.approvals, votes: [counted] } }),
    );
    expect(broker.events.at(-1)).toMatchObject({ type: 'voted', vote: 'approve', comment: 'fine' });
    expect(broker.questions).toEqual(['mayVote']);
  });

  test('cast again changes nothing', async () => {
    const broker = world(GOVERNED);
    const grant = await pendingIn(broker);
    const first = await vote(broker, BOSS, grant);
    expect(await vote(broker, BOSS, grant)).toEqual(first);
    expect(broker.log).toEqual(['update']);
  });

  test('of the second tier counts only once the request was escalated', async () => {
    const broker = world(GOVERNED);
    const grant = await pendingIn(broker);
    expect(await vote(broker, DEPUTY, grant)).toMatchObject({ error: { code: 'not-found' } });
    const approvals = { ...grant.approvals, escalated: true };
    broker.grants.set(grant.id, { ...grant, approvals });
    expect(await vote(broker, DEPUTY, grant)).toMatchObject({ value: { status: 'pending' } });
  });

  test.each(['active', 'cancelled', 'lapsed', 'expired'] as const)(
    'is too late on a request that is %s',
    async (status) => {
      const broker = world(GOVERNED);
      const grant = await pendingIn(broker, { status });
      expect(await vote(broker, BOSS, grant)).toEqual(
        err({ code: 'wrong-state', grant, detail: `The grant is ${status}, not pending.` }),
      );
    },
  );

  test('is not counted where policy cannot say whether an auditor may vote', async () => {
    const broker = world(GOVERNED);
    const grant = await pendingIn(broker);
    const ports = withEngine(broker.ports, { mayVote: () => err(NO_POLICY) });
    expect(await vote({ ...broker, ports }, AUDITOR, grant)).toEqual(err(NO_POLICY));
  });

  test('is not counted where the store fails', async () => {
    const broker = world(GOVERNED);
    const grant = await pendingIn(broker);
    const failing = {
      ...broker,
      ports: withStore(broker.ports, { requestedEvent: async () => err(NO_STORE) }),
    };
    expect(await vote(failing, BOSS, grant)).toEqual(err(NO_STORE));
    expect(broker.log).toEqual([]);
  });
});

describe('a vote of an account with the name of the requester', () => {
  const alias = person('ana2', ['bosses']);
  const named = { ...alias, principal: { ...alias.principal, name: 'Ana@ACME.example' } };

  test('counts with a warning where no claims tell people apart', async () => {
    const broker = world(GOVERNED);
    const grant = await pendingIn(broker);
    expect(await vote(broker, named, grant)).toMatchObject({ ok: true });
    expect(broker.events.at(-1)).toMatchObject({
      ...{ type: 'voted', warning: 'the account people:ana2 has the name of the requester' },
    });
    await vote(broker, OTHER_BOSS, grant);
    expect(broker.events.at(-2)).not.toHaveProperty('warning');
  });

  test('warns also where it decides', async () => {
    const broker = world(GOVERNED);
    const grant = await pendingIn(broker);
    await vote(broker, OTHER_BOSS, grant);
    await vote(broker, named, grant);
    expect(broker.events.at(-2)).toMatchObject({ type: 'voted', warning: expect.any(String) });
  });
});

describe('the vote that completes the quorum', () => {
  test('begins the grant, whose time counts from then', async () => {
    const broker = world(GOVERNED);
    const grant = await pendingIn(broker);
    await vote(broker, BOSS, grant);
    broker.now = NOW + 600_000;
    broker.questions.length = 0;
    const approved = await vote(broker, OTHER_BOSS, grant);
    expect(approved).toMatchObject({
      value: {
        ...{ status: 'active', version: 3, startsAt: broker.now, review: null },
        expiresAt: Date.parse('2026-11-23T10:40:00Z'),
        decision: grant.decision,
      },
    });
    expect(broker.events.at(-1)).toMatchObject({
      ...{ type: 'approved', status: 'active', actor: { id: 'people:cy' } },
      decision: { outcome: 'approve', policies: ['readers-request'], bundle: GOVERNED.hash },
    });
    expect(broker.questions).toEqual(['mayVote', 'mayVote', 'request', 'autoApprove']);
  });

  test('begins it at the start that was requested', async () => {
    const broker = world(GOVERNED);
    const startsAt = NOW + 7_200_000;
    const grant = await pendingIn(broker, { startsAt });
    await vote(broker, BOSS, grant);
    expect(await vote(broker, OTHER_BOSS, grant)).toMatchObject({
      value: {
        status: 'scheduled',
        startsAt,
        expiresAt: Math.floor(startsAt / 1000) * 1000 + 1_800_000,
      },
    });
  });

  test('fails while the requester is suspended, whom an earlier vote does not concern', async () => {
    const broker = world(GOVERNED);
    const grant = await pendingIn(broker);
    broker.table.suspend('people:ana', { at: NOW, by: 'broker', reason: 'x' });
    expect((await vote(broker, BOSS, grant)).ok).toBe(true);
    expect(await vote(broker, OTHER_BOSS, grant)).toMatchObject({
      error: {
        code: 'wrong-state',
        detail: 'The requester is suspended, so the request cannot begin.',
        grant: { status: 'pending' },
      },
    });
    expect(broker.grants.get(grant.id)).toMatchObject({ status: 'pending', version: 2 });
  });

  test('denies the request where policy no longer allows it, and names the policies', async () => {
    const broker = world(GOVERNED);
    const grant = await pendingIn(broker);
    await vote(broker, BOSS, grant);
    const forbid = (id: string): string => `@id("${id}") @advice("Ask later.")
forbid (principal, action == ValetKey::Action::"request", resource);
`;
    const policies = [POLICIES, forbid('no-more'), forbid('not-now')].join('\n');
    const today = withBundle(broker, bundleOf({ policies }));
    const endReason = 'policy no longer allows it: no-more, not-now';
    const denied = await vote(today, OTHER_BOSS, grant);
    expect(denied).toMatchObject({
      value: {
        ...{ status: 'denied', version: 3, startsAt: null, expiresAt: null, endReason },
        ...{ endedAt: NOW, decision: grant.decision },
      },
    });
    expect(broker.events.at(-1)).toMatchObject({ type: 'denied', reason: endReason });
  });

  test('denies it with the suspended requester left alone: nothing begins', async () => {
    const broker = world(GOVERNED);
    const grant = await pendingIn(broker);
    await vote(broker, BOSS, grant);
    broker.table.suspend('people:ana', { at: NOW, by: 'broker', reason: 'x' });
    const policies = POLICIES.replace('people:readers', 'people:nobody');
    const today = withBundle(broker, bundleOf({ policies }));
    expect(await vote(today, OTHER_BOSS, grant)).toMatchObject({
      value: { status: 'denied', endReason: 'policy no longer allows it: no policy permits it' },
    });
  });

  test('does not begin the grant where policy gives no answer', async () => {
    const broker = world(GOVERNED);
    const grant = await pendingIn(broker);
    await vote(broker, BOSS, grant);
    const ports = withEngine(broker.ports, { ask: () => err(NO_POLICY) });
    expect(await vote({ ...broker, ports }, OTHER_BOSS, grant)).toEqual(err(NO_POLICY));
    expect(broker.grants.get(grant.id)?.status).toBe('pending');
  });

  test.each([
    [undefined, NOW],
    [NOW + 3_600_000, NOW + 3_600_000],
  ])('makes break-glass owe its review from the start %s', async (startsAt, start) => {
    const onlyThis = POLICIES.replace('has ticket', 'has ticket && context.ticket == "OPS-1"');
    const glass = 'breakGlass: true\nreviewAfter: 2h\n';
    const broker = world(bundleOf({ entitlement: glass, policies: onlyThis }));
    const incident = { ...REQUEST, ticket: 'INC-1' };
    const grant = await storedIn(broker, ANA, incident, startsAt === undefined ? {} : { startsAt });
    await vote(broker, BOSS, grant);
    expect(await vote(broker, OTHER_BOSS, grant)).toMatchObject({
      value: { review: { status: 'due', dueAt: start + 7_200_000 } },
    });
  });
});

describe('votes to deny', () => {
  test('end the request once there are enough, in the words of the last', async () => {
    const broker = world(GOVERNED);
    const grant = await pendingIn(broker);
    expect(await vote(broker, BOSS, grant, 'deny')).toMatchObject({ value: { status: 'pending' } });
    expect(broker.events.at(-1)).toMatchObject({ type: 'voted', vote: 'deny', comment: null });
    expect(await vote(broker, OTHER_BOSS, grant, 'deny', 'too wide')).toMatchObject({
      value: { status: 'denied', endedAt: NOW, endReason: 'denied by cy@acme.example: too wide' },
    });
    expect(broker.events.at(-1)).toMatchObject({
      ...{ type: 'denied', reason: 'denied by cy@acme.example: too wide' },
    });
  });
});

describe('the vote that decided a request', () => {
  const decide = async (what: 'approve' | 'deny') => {
    const broker = world(GOVERNED);
    const grant = await pendingIn(broker);
    await vote(broker, BOSS, grant, what);
    const cast = (caller: Caller, ballot: 'approve' | 'deny') =>
      castVote(broker.ports, keyed(caller), grant.id, {
        vote: ballot,
        comment: null,
        extension: null,
      });
    const first = await cast(OTHER_BOSS, what);
    return { broker, grant, first, cast };
  };

  test.each(['approve', 'deny'] as const)(
    'to %s is answered as decided when it is repeated under its key',
    async (what) => {
      const { broker, first, cast } = await decide(what);
      expect(first.ok).toBe(true);
      const written = broker.events.length;
      expect(await cast(OTHER_BOSS, what)).toEqual(first);
      expect(broker.events).toHaveLength(written);
    },
  );

  test('is decided: other votes, and votes of others, are too late', async () => {
    const { broker, grant } = await decide('approve');
    for (const voter of [OTHER_BOSS, BOSS]) {
      expect(await vote(broker, voter, grant, 'deny')).toMatchObject({
        error: { code: 'wrong-state' },
      });
    }
  });

  test.each(['cancelled', 'lapsed', 'expired', 'revoking', 'revoked'] as const)(
    'is too late on a grant that is %s by now',
    async (status) => {
      const { broker, grant } = await decide('approve');
      broker.grants.set(grant.id, { ...(broker.grants.get(grant.id) ?? grant), status });
      expect(await vote(broker, OTHER_BOSS, grant)).toMatchObject({
        error: { code: 'wrong-state' },
      });
    },
  );

  test('leaves its comment in the trail before the decision', async () => {
    const { broker, grant } = await decide('deny');
    expect(broker.events.filter(({ grantId }) => grantId === grant.id)).toMatchObject([
      { type: 'requested' },
      { type: 'voted' },
      { type: 'voted', vote: 'deny', comment: null, status: 'denied', actor: { id: 'people:cy' } },
      { type: 'denied', reason: 'denied by cy@acme.example' },
    ]);
  });
});

describe('a vote that was cast by an approver who may not vote any more', () => {
  const SUSPENSION = { at: NOW, by: 'broker', reason: 'x' } as const;
  const THIRD_BOSS = person('di', ['bosses']);

  test.each(['approve', 'deny'] as const)(
    'does not count towards the quorum to %s while the approver is suspended',
    async (what) => {
      const broker = world(GOVERNED);
      const grant = await pendingIn(broker);
      await vote(broker, BOSS, grant, what);
      broker.table.suspend('people:bo', SUSPENSION);
      const call = { ...callOf(OTHER_BOSS), traceId: '4bf9' };
      const voting = { vote: what, comment: null, extension: null };
      expect(await castVote(broker.ports, call, grant.id, voting)).toMatchObject({
        value: { status: 'pending', approvals: { votes: [{ approver: { id: 'people:cy' } }] } },
      });
      expect(broker.events.slice(-2)).toMatchObject([
        {
          ...{ type: 'vote-voided', actor: 'broker', approver: { id: 'people:bo' } },
          ...{ reason: 'the approver is suspended', requestId: 'r-1', traceId: '4bf9' },
        },
        { type: 'voted', actor: { id: 'people:cy' }, traceId: '4bf9' },
      ]);
      const status = what === 'approve' ? 'active' : 'denied';
      expect(await vote(broker, THIRD_BOSS, grant, what)).toMatchObject({ value: { status } });
    },
  );

  test('does not count where policy no longer lets the approver vote', async () => {
    const broker = world(GOVERNED);
    const grant = await pendingIn(broker);
    await vote(broker, BOSS, grant);
    const policies = `${POLICIES}
@id("not-bo") @advice("Ask another.")
forbid (principal == ValetKey::User::"people:bo", action == ValetKey::Action::"vote", resource);`;
    const today = withBundle(broker, bundleOf({ policies }));
    expect(await vote(today, OTHER_BOSS, grant)).toMatchObject({ value: { status: 'pending' } });
    expect(broker.events.at(-2)).toMatchObject({
      ...{ type: 'vote-voided', reason: 'policy no longer lets the approver vote' },
    });
  });

  test('does not count where the approver is suspended just before the decision is written', async () => {
    const broker = world(GOVERNED);
    const grant = await pendingIn(broker);
    await vote(broker, BOSS, grant);
    const { update } = broker.ports.store;
    const ports = withStore(broker.ports, {
      update: async (write) => {
        broker.table.suspend('people:bo', SUSPENSION);
        return update(write);
      },
    });
    expect(await vote({ ...broker, ports }, OTHER_BOSS, grant)).toMatchObject({
      value: { status: 'pending' },
    });
  });

  test('leaves the request undecided where nobody knows whether the approver is suspended', async () => {
    const broker = world(GOVERNED);
    const grant = await pendingIn(broker);
    await vote(broker, BOSS, grant);
    const principals = { suspensionOf: async () => err(NO_STORE) };
    const ports = { ...broker.ports, principals };
    expect(await vote({ ...broker, ports }, OTHER_BOSS, grant)).toEqual(err(NO_STORE));
  });
});

describe('a vote that is withdrawn', () => {
  const withdraw = (broker: World, caller: Caller, grant: Grant) =>
    withdrawVote(broker.ports, callOf(caller), grant.id, {
      comment: 'second thoughts',
      extension: null,
    });

  test('is withdrawn also by a voter who has left the group that may vote', async () => {
    const broker = world(GOVERNED);
    const grant = await pendingIn(broker);
    await vote(broker, BOSS, grant);
    expect(await withdraw(broker, person('bo', []), grant)).toMatchObject({
      value: { approvals: { votes: [] } },
    });
    expect(await withdraw(broker, person('eve', []), grant)).toMatchObject({
      error: { code: 'not-found' },
    });
  });

  test('does not count any more, and the trail says so', async () => {
    const broker = world(GOVERNED);
    const grant = await pendingIn(broker);
    await vote(broker, BOSS, grant);
    expect(await withdraw(broker, BOSS, grant)).toEqual(ok({ ...grant, version: 3 }));
    expect(broker.events.at(-1)).toMatchObject({
      ...{ type: 'vote-withdrawn', comment: 'second thoughts', actor: { id: 'people:bo' } },
    });
  });

  test('that was never cast changes nothing', async () => {
    const broker = world(GOVERNED);
    const grant = await pendingIn(broker);
    await vote(broker, OTHER_BOSS, grant);
    expect(await withdraw(broker, BOSS, grant)).toMatchObject({ value: { version: 2 } });
    expect(broker.log).toEqual(['update']);
  });

  test('stands once the request is decided', async () => {
    const broker = world(GOVERNED);
    const grant = await pendingIn(broker, { status: 'active' });
    expect(await withdraw(broker, BOSS, grant)).toEqual(
      err({ code: 'wrong-state', grant, detail: 'The grant is active, not pending.' }),
    );
  });

  test('is forbidden where policy lets the caller only see the request', async () => {
    const broker = world(GOVERNED);
    const grant = await pendingIn(broker);
    expect(await withdraw(broker, AUDITOR, grant)).toMatchObject({ error: { code: 'forbidden' } });
  });
});

describe('one person behind several accounts', () => {
  const BY_EMPLOYEE = bundleOf({ approval: `${APPROVAL}  samePerson: [employee]\n`, tags: true });
  const as = (sub: string, groups: readonly string[], employee: string | null): Caller => {
    const caller = person(sub, groups);
    const tags: Record<string, string> = employee === null ? {} : { employee };
    return { ...caller, principal: { ...caller.principal, tags } };
  };
  const requested = async () => {
    const broker = world(BY_EMPLOYEE);
    const grant = await storedIn(broker, as('ana', ['readers'], '7'), REQUEST);
    return { broker, grant };
  };

  test('cannot vote on a request of their own', async () => {
    const { broker, grant } = await requested();
    expect(await vote(broker, as('ana-admin', ['bosses'], '7'), grant)).toMatchObject({
      error: {
        code: 'forbidden',
        detail: 'You cannot vote on your own request. Ask another approver.',
      },
    });
  });

  test('cannot vote twice', async () => {
    const { broker, grant } = await requested();
    await vote(broker, as('bo', ['bosses'], '8'), grant);
    expect(await vote(broker, as('bo-admin', ['bosses'], '8'), grant)).toMatchObject({
      value: { status: 'pending', approvals: { votes: [{ approver: { id: 'people:bo-admin' } }] } },
    });
  });

  test('cannot vote without the claim that identifies them', async () => {
    const { broker, grant } = await requested();
    const unknown = await vote(broker, as('bo', ['bosses'], null), grant);
    expect(unknown).toMatchObject({
      error: { code: 'forbidden', grant, detail: expect.stringContaining('employee') },
    });
  });
});

function bundleOf(parts: {
  readonly approval?: string;
  readonly entitlement?: string;
  readonly policies?: string;
  readonly tags?: true;
}): Bundle {
  const { approval = APPROVAL, entitlement = '', policies = POLICIES, tags } = parts;
  const issuers = ISSUERS.replace('groups: groups', 'groups: groups, tags: [employee]');
  return compiled(
    files({
      'issuers.yaml': tags ? issuers : ISSUERS,
      'entitlements/read.yaml': `${READ}${approval}${entitlement}`,
      'policies/read.cedar': policies,
    }),
  );
}

/** The same broker after a deployment of another bundle. */
function withBundle(broker: World, bundle: Bundle): World {
  const { engine } = world(bundle).ports;
  return { ...broker, ports: { ...broker.ports, bundle, engine } };
}
