import { describe, expect, test } from '@jest/globals';
import type { Grant } from '../../../core/grant.ts';
import { revokeGrant } from '../../../core/grants/end-grant.ts';
import { findVisibleGrant } from '../../../core/grants/find-grant.ts';
import { castVote, withdrawVote } from '../../../core/grants/vote-on-grant.ts';
import type { Caller } from '../../../core/principal.ts';
import { err, ok } from '../../../core/result.ts';
import {
  APPROVAL,
  activeIn,
  BOSS,
  DEPUTY,
  extensionIn,
  GOVERNED,
  keyed,
  OTHER_BOSS,
  POLICIES,
  pendingIn,
} from '../../support/authorities.ts';
import { compiled, files, READ } from '../../support/bundles.ts';
import { NO_STORE, withStore } from '../../support/failing-ports.ts';
import { ANA, callOf, NOW, person, type World, world } from '../../support/memory-ports.ts';

const LATER = Date.parse('2026-11-23T11:10:00Z');
const TEN_MINUTES = 600_000;

const vote = (
  broker: World,
  caller: Caller,
  grant: Grant,
  what: 'approve' | 'deny' = 'approve',
  comment: string | null = null,
) => castVote(broker.ports, callOf(caller), grant.id, { ...about(grant), vote: what, comment });

/** What names the extension of the grant, as its voter has seen it. */
const about = ({ extension }: Grant) => ({
  comment: null,
  extension: extension?.requestedAt ?? null,
});

const governedBy = (policies: string) =>
  compiled(
    files({ 'entitlements/read.yaml': `${READ}${APPROVAL}`, 'policies/read.cedar': policies }),
  );

const typesOf = (broker: World) => broker.events.map(({ type }) => type);

describe('votes on an extension', () => {
  test('extend the grant once they are enough, counted from the last of them', async () => {
    const broker = world(GOVERNED);
    const grant = await extensionIn(broker);
    const first = await vote(broker, BOSS, grant, 'approve', 'fine');
    expect(first).toMatchObject({
      value: {
        ...{ status: 'active', version: 3, expiresAt: grant.expiresAt },
        approvals: { required: 0, votes: [] },
        extension: { approvals: { votes: [{ approver: { id: 'people:bo' }, comment: 'fine' }] } },
      },
    });
    broker.now = NOW + TEN_MINUTES;
    broker.questions.length = 0;
    const extended = await vote(broker, OTHER_BOSS, grant);
    const decision = { outcome: 'approve', policies: ['readers-request'] };
    expect(extended).toMatchObject({
      value: { status: 'active', version: 4, expiresAt: LATER, extension: null, decision },
    });
    expect(broker.questions).toEqual(['mayVote', 'mayVote', 'request', 'autoApprove']);
    expect(typesOf(broker).slice(-4)).toEqual([
      ...['extension-requested', 'voted', 'voted', 'extended'],
    ]);
    expect(broker.events.at(-1)).toMatchObject({
      ...{ actor: { id: 'people:cy' }, expiresAt: LATER, justification: 'longer', decision },
      inputs: { principal: ANA.principal, facts: { durationSeconds: 3600, now: NOW } },
    });
  });

  test('to deny drop it, with the reason in the trail, and the grant runs on', async () => {
    const broker = world(GOVERNED);
    const grant = await extensionIn(broker);
    await vote(broker, BOSS, grant, 'deny');
    expect(await vote(broker, OTHER_BOSS, grant, 'deny', 'enough')).toMatchObject({
      value: { status: 'active', expiresAt: grant.expiresAt, endReason: null, extension: null },
    });
    expect(broker.events.slice(-2)).toMatchObject([
      { type: 'voted', vote: 'deny', comment: 'enough' },
      { type: 'extension-refused', reason: 'denied by cy@acme.example: enough' },
    ]);
  });

  test('are answered again under the same key after they have decided', async () => {
    const broker = world(GOVERNED);
    const grant = await extensionIn(broker);
    await vote(broker, BOSS, grant);
    const ballot = { ...about(grant), vote: 'approve' } as const;
    const last = await castVote(broker.ports, keyed(OTHER_BOSS), grant.id, ballot);
    expect(await castVote(broker.ports, keyed(OTHER_BOSS), grant.id, ballot)).toEqual(last);
    expect(typesOf(broker).filter((type) => type === 'extended')).toHaveLength(1);
  });

  test('are not for its requester, nor for those whom policy does not let vote', async () => {
    const broker = world(GOVERNED);
    const grant = await extensionIn(broker);
    expect(await vote(broker, person('ana', ['readers', 'bosses']), grant)).toMatchObject({
      error: { code: 'forbidden', detail: expect.stringMatching(/own request/) },
    });
    expect(await vote(broker, DEPUTY, grant)).toMatchObject({ error: { code: 'not-found' } });
  });

  test('are withdrawn from it while it waits, also after leaving the group', async () => {
    const broker = world(GOVERNED);
    const grant = await extensionIn(broker);
    await vote(broker, BOSS, grant);
    const former = callOf(person('bo', []));
    expect(await withdrawVote(broker.ports, former, grant.id, about(grant))).toMatchObject({
      value: { extension: { approvals: { votes: [] } } },
    });
    expect(broker.events.at(-1)).toMatchObject({ type: 'vote-withdrawn' });
  });

  test('come too late once it has lapsed', async () => {
    const broker = world(GOVERNED);
    const grant = await extensionIn(broker);
    broker.now = grant.expiresAt ?? 0;
    const detail = 'The extension lapsed at 2026-11-23T10:30:00Z.';
    expect(await vote(broker, BOSS, grant)).toEqual(err({ code: 'wrong-state', grant, detail }));
    expect(await withdrawVote(broker.ports, callOf(BOSS), grant.id, about(grant))).toMatchObject({
      error: { code: 'wrong-state', detail },
    });
  });

  test('are asked of policy with its duration and justification, not with those of the request', async () => {
    const short = `@advice("x")
@id("short-ones-only")
forbid (principal, action == ValetKey::Action::"vote", resource)
when { context.durationSeconds > 1800 };
`;
    const broker = world(governedBy(`${POLICIES}\n${short}`));
    const grant = await extensionIn(broker);
    expect(await vote(broker, BOSS, grant)).toMatchObject({ error: { code: 'forbidden' } });
    // Who may vote on the request still sees the grant, and may end it.
    expect(await findVisibleGrant(broker.ports, callOf(BOSS), grant.id)).toMatchObject({
      ok: true,
    });
    expect(await revokeGrant(broker.ports, callOf(BOSS), grant.id, null)).toMatchObject({
      value: { status: 'revoked', extension: null },
    });
  });

  test('open the grant to those who may vote on the extension alone', async () => {
    const long = `@advice("x")
@id("long-ones-only")
forbid (principal, action == ValetKey::Action::"vote", resource)
when { context.durationSeconds <= 1800 };
`;
    const broker = world(governedBy(`${POLICIES}\n${long}`));
    const running = await activeIn(broker);
    expect(await findVisibleGrant(broker.ports, callOf(BOSS), running.id)).toMatchObject({
      error: { code: 'not-found' },
    });
    const grant = await extensionIn(broker);
    expect(await findVisibleGrant(broker.ports, callOf(BOSS), grant.id)).toEqual(ok(grant));
    expect(await vote(broker, BOSS, grant)).toMatchObject({ ok: true });
  });
});

describe('a vote that does not name the extension that waits', () => {
  const calls = (broker: World, grant: Grant, extension: number | null) => [
    () =>
      castVote(broker.ports, callOf(OTHER_BOSS), grant.id, {
        ...{ vote: 'approve', comment: null, extension },
      }),
    () =>
      castVote(broker.ports, callOf(BOSS), grant.id, { vote: 'deny', comment: null, extension }),
    () => withdrawVote(broker.ports, callOf(BOSS), grant.id, { comment: null, extension }),
  ];

  test.each([
    [
      'was meant for the request',
      null,
      'The grant is active, not pending. To vote on its extension, send extension: "2026-11-23T10:00:00.500Z".',
    ],
    [
      'was meant for an earlier extension',
      NOW - 1,
      'The extension of 2026-11-23T10:00:00.499Z is not the one that waits.',
    ],
  ])('is refused with the grant as it is, because it %s', async (_, extension, detail) => {
    const broker = world(GOVERNED);
    const asked = await extensionIn(broker);
    expect(await vote(broker, BOSS, asked)).toMatchObject({ ok: true });
    const grant = broker.grants.get(asked.id) ?? asked;
    for (const call of calls(broker, grant, extension)) {
      expect(await call()).toEqual(err({ code: 'wrong-state', grant, detail }));
    }
    expect(broker.grants.get(grant.id)).toEqual(grant);
  });

  test('is told that a request has no extension', async () => {
    const broker = world(GOVERNED);
    const grant = await pendingIn(broker);
    const detail = 'The grant is pending and has no extension that waits.';
    for (const call of calls(broker, grant, NOW)) {
      expect(await call()).toEqual(err({ code: 'wrong-state', grant, detail }));
    }
  });

  test('hears that the extension has lapsed, rather than how to name it', async () => {
    const broker = world(GOVERNED);
    const grant = await extensionIn(broker);
    broker.now = grant.expiresAt ?? 0;
    for (const call of calls(broker, grant, null)) {
      expect(await call()).toMatchObject({
        error: { detail: expect.stringMatching(/ lapsed at /) },
      });
    }
  });

  test('learns nothing about a grant that it may not see', async () => {
    const broker = world(GOVERNED);
    const grant = await extensionIn(broker);
    expect(await vote(broker, DEPUTY, { ...grant, extension: null })).toMatchObject({
      error: { code: 'not-found' },
    });
  });
});

describe('the vote that completes the quorum on an extension', () => {
  test('does not count an approver who was suspended meanwhile', async () => {
    const broker = world(GOVERNED);
    const grant = await extensionIn(broker);
    await vote(broker, BOSS, grant);
    broker.table.suspend('people:bo', { at: NOW, by: 'broker', reason: 'x' });
    expect(await vote(broker, OTHER_BOSS, grant)).toMatchObject({
      value: {
        expiresAt: grant.expiresAt,
        extension: { approvals: { votes: [{ approver: { id: 'people:cy' } }] } },
      },
    });
    expect(typesOf(broker).slice(-2)).toEqual(['vote-voided', 'voted']);
  });

  test('is refused while the requester is suspended', async () => {
    const broker = world(GOVERNED);
    const grant = await extensionIn(broker);
    await vote(broker, BOSS, grant);
    broker.table.suspend('people:ana', { at: NOW, by: 'broker', reason: 'x' });
    expect(await vote(broker, OTHER_BOSS, grant)).toMatchObject({
      error: {
        code: 'wrong-state',
        detail: 'The requester is suspended, so the grant cannot be extended.',
      },
    });
    expect(broker.grants.get(grant.id)).toMatchObject({ version: 3, expiresAt: grant.expiresAt });
  });

  test('is written only while neither the voters nor the requester are suspended', async () => {
    const broker = world(GOVERNED);
    const grant = await extensionIn(broker);
    await vote(broker, BOSS, grant);
    const written: unknown[] = [];
    const ports = withStore(broker.ports, {
      update: async (write) => {
        written.push(write.unsuspended);
        return broker.ports.store.update(write);
      },
    });
    const last = { ...about(grant), vote: 'approve' } as const;
    expect(await castVote(ports, callOf(OTHER_BOSS), grant.id, last)).toMatchObject({ ok: true });
    expect(written).toEqual([['people:cy', 'people:bo', 'people:ana']]);
  });

  test('drops it where policy denies it by now, and the grant runs on', async () => {
    const broker = world(GOVERNED);
    const grant = await extensionIn(broker);
    await vote(broker, BOSS, grant);
    const stricter = world(
      governedBy(POLICIES.replace(');\n', ') when { context.durationSeconds <= 1800 };\n')),
    );
    const ports = { ...broker.ports, bundle: stricter.ports.bundle, engine: stricter.ports.engine };
    const last = { ...about(grant), vote: 'approve' } as const;
    expect(await castVote(ports, callOf(OTHER_BOSS), grant.id, last)).toMatchObject({
      value: { status: 'active', expiresAt: grant.expiresAt, endReason: null, extension: null },
    });
    expect(broker.events.at(-1)).toMatchObject({
      type: 'extension-refused',
      reason: 'policy no longer allows it: no policy permits it',
    });
  });

  test('asks policy with the history of the time of the extension', async () => {
    const policies = POLICIES.replace(');\n', ') when { !context.history.firstUse };\n');
    const broker = world(GOVERNED);
    const grant = await extensionIn(broker, { createdAt: NOW - TEN_MINUTES });
    await vote(broker, BOSS, grant);
    const other = world(governedBy(policies));
    const asked: unknown[] = [];
    const ports = withStore(
      { ...broker.ports, bundle: other.ports.bundle, engine: other.ports.engine },
      {
        history: async (principal, { before }) => {
          asked.push([principal, before]);
          return ok({ denials: 0, entitlements: ['read'] });
        },
      },
    );
    const last = { ...about(grant), vote: 'approve' } as const;
    broker.now = NOW + TEN_MINUTES;
    expect(await castVote(ports, callOf(OTHER_BOSS), grant.id, last)).toMatchObject({
      value: { expiresAt: LATER },
    });
    expect(asked).toEqual([['people:ana', NOW]]);
    const failing = withStore(ports, { history: async () => err(NO_STORE) });
    const again = await extensionIn(broker);
    await vote(broker, BOSS, again);
    expect(
      await castVote(failing, callOf(OTHER_BOSS), again.id, {
        ...last,
        ...about(again),
      }),
    ).toEqual(err(NO_STORE));
  });
});
