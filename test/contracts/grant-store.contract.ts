import { beforeAll, describe, expect, test } from '@jest/globals';
import type { AuditEvent } from '../../core/audit.ts';
import type { Idempotency } from '../../core/call.ts';
import type { Grant } from '../../core/grant.ts';
import { vendUnder } from '../../core/lifecycle/active.ts';
import { expire } from '../../core/lifecycle/end.ts';
import type { GrantStore } from '../../core/ports.ts';
import { err, ok } from '../../core/result.ts';
import { sampleOf } from '../support/ocsf/one-of-each.ts';
import {
  activeGrant,
  EXTENSION,
  expiredEvent,
  NO_APPROVALS,
  NOW,
  ROLE,
  requestedEvent,
  vendedEvent,
} from '../support/sample-grants.ts';

/** What is pending always lapses. */
const LAPSING = { ...NO_APPROVALS, lapseAt: NOW + 3_600_000 };

/** Changes to the store that bypass the port. */
export type Backdoor = {
  readonly suspend: (principal: string) => Promise<void>;
  readonly freeze: (roleArn: string) => Promise<void>;
};

/** The promises that every adapter of the GrantStore port keeps. */
export function grantStoreContract(
  name: string,
  open: () => Promise<{ readonly store: GrantStore; readonly backdoor: Backdoor }>,
): void {
  describe(`${name} as a GrantStore`, () => {
    let store: GrantStore;
    let backdoor: Backdoor;

    beforeAll(async () => {
      ({ store, backdoor } = await open());
    });

    const create = (
      grant: Grant,
      idempotency: Idempotency | null = null,
      vendsOn: readonly string[] = [],
    ) =>
      store.create({ grant, events: [requestedEvent(grant)], idempotency, vendsOn, counted: [] });

    const recordVend = (grant: Grant, idempotency: Idempotency | null = null, now = NOW) => {
      const active = vendUnder(grant, now);
      if (!active.ok) throw new Error('not active');
      const event = vendedEvent(grant);
      const write = {
        grant: active.value,
        begins: false,
        event,
        idempotency,
        vendsOn: [ROLE],
        counted: [],
        now,
      };
      return store.recordVend(write);
    };

    const update = (before: Grant, grant: Grant, unsuspended: readonly string[] = []) =>
      store.update({
        before,
        grant,
        events: [expiredEvent(grant)],
        idempotency: null,
        unsuspended,
      });

    test('a grant is found at once, exactly as it was written', async () => {
      const grant = activeGrant();
      expect(await create(grant)).toMatchObject({ ok: true });
      expect(await store.find(grant.id)).toEqual({ ok: true, value: grant });
    });

    test('a grant that was never written is not found', async () => {
      expect(await store.find(activeGrant().id)).toEqual({ ok: true, value: null });
    });

    test('events are written with their grant and read in the order of writing', async () => {
      const grant = activeGrant();
      const events: AuditEvent[] = [requestedEvent(grant), vendedEvent(grant)];
      await store.create({ grant, events, idempotency: null, vendsOn: [ROLE], counted: [] });
      const page = { limit: 10, after: null };
      expect(await store.events(grant.id, page)).toEqual(ok({ events, next: null }));
      expect(await store.requestedEvent(grant.id)).toEqual(ok(events[0]));
      expect(await store.requestedEvent(activeGrant().id)).toEqual(ok(null));
    });

    test('the trail is read in pages, without gaps', async () => {
      const grant = activeGrant();
      const events = [
        requestedEvent(grant),
        ...Array.from({ length: 6 }, () => vendedEvent(grant)),
      ];
      await store.create({ grant, events, idempotency: null, vendsOn: [], counted: [] });
      const seen: AuditEvent[] = [];
      for (let after: string | null = null, pages = 0; ; pages += 1) {
        const page = await store.events(grant.id, { limit: 3, after });
        if (!page.ok || pages > 3) throw new Error('no page');
        seen.push(...page.value.events);
        after = page.value.next;
        if (after === null) break;
      }
      expect(seen).toEqual(events);
    });

    test('the event of the request is found also behind those of a clock that is late', async () => {
      const grant = activeGrant();
      const asked = requestedEvent(grant);
      await store.create({ grant, events: [asked], idempotency: null, vendsOn: [], counted: [] });
      await store.appendEvent({ ...vendedEvent(grant), at: NOW - 50 });
      expect(await store.requestedEvent(grant.id)).toEqual(ok(asked));
    });

    test.each(['vend-failed', 'kill-failed', 'extension-denied', 'usage-read'] as const)(
      '%s stands after what was written in the same millisecond, whatever its id',
      async (type) => {
        const grant = activeGrant();
        const last = { ...vendedEvent(grant), id: 'ev_b' };
        const events = [{ ...requestedEvent(grant), id: 'ev_c' }, last];
        await store.create({ grant, events, idempotency: null, vendsOn: [], counted: [] });
        const alone = { ...sampleOf(type), grantId: grant.id, id: 'ev_a', at: last.at };
        const { decision } = grant;
        if (type === 'extension-denied') {
          await store.recordDenial({ event: alone, decision, idempotency: null });
        } else await store.appendEvent(alone);
        const trail = await store.events(grant.id, { limit: 9, after: null });
        const ids = trail.ok ? trail.value.events.map(({ id }) => id) : [];
        expect(ids).toEqual(['ev_c', 'ev_b', 'ev_a']);
      },
    );

    test('a denial without a new version is remembered under its key', async () => {
      const grant = activeGrant();
      await create(grant);
      const key = { principal: grant.requester.id, key: 'k-denial', fingerprint: 'sha256:a' };
      expect(await store.usedKey(key)).toEqual(ok(null));
      const { decision } = grant;
      const denial = { event: vendedEvent(grant), decision, idempotency: key };
      expect(await store.recordDenial(denial)).toEqual(ok(null));
      const { fingerprint } = key;
      expect(await store.usedKey(key)).toEqual(ok({ fingerprint, grantId: grant.id, decision }));
      expect(await store.recordDenial(denial)).toEqual(
        err({ code: 'repeated', grantId: grant.id }),
      );
      const other = { ...denial, idempotency: { ...key, fingerprint: 'sha256:b' } };
      expect(await store.recordDenial(other)).toEqual(err({ code: 'key-reused' }));
    });

    test('history is what began and what was denied before a moment', async () => {
      const { requester } = activeGrant();
      const made = (changes: Partial<Grant>) => create(activeGrant({ requester, ...changes }));
      await made({ entitlement: 'asked', status: 'pending', approvals: LAPSING });
      await made({ entitlement: 'begun', startsAt: NOW + 1000 });
      const early = activeGrant({ requester, entitlement: 'planned', status: 'scheduled' });
      await create(early);
      await made({ entitlement: 'no', status: 'denied', endedAt: NOW });
      await made({ entitlement: 'no', status: 'denied', endedAt: NOW + 2000 });
      const past = (before: number, since = NOW) =>
        store.history(requester.id, {
          entitlements: ['asked', 'begun', 'planned', 'no'],
          since,
          before,
        });
      expect(await past(NOW)).toEqual(ok({ denials: 0, entitlements: [] }));
      expect(await past(NOW + 1000)).toEqual(ok({ denials: 1, entitlements: [] }));
      expect(await past(NOW + 1001)).toEqual(ok({ denials: 1, entitlements: ['begun'] }));
      expect(await past(NOW + 2001, NOW + 1)).toEqual(ok({ denials: 1, entitlements: ['begun'] }));
      const active = vendUnder(early, NOW);
      if (!active.ok) throw new Error('not active');
      await store.recordVend({
        ...{ grant: active.value, begins: true, event: vendedEvent(early) },
        ...{ idempotency: null, vendsOn: [ROLE], counted: [], now: NOW },
      });
      expect(await past(NOW + 1)).toEqual(ok({ denials: 1, entitlements: ['planned'] }));
    });

    test('signals are made of what began, was denied, lapsed or was cancelled before a moment', async () => {
      const { requester } = activeGrant();
      const made = (changes: Partial<Grant>) => create(activeGrant({ requester, ...changes }));
      const ended = (status: 'denied' | 'lapsed' | 'cancelled', endedAt: number) =>
        made({ entitlement: 'no', status, endedAt });
      const requestedWith = { ...activeGrant().requestedWith, token: 't1' };
      const first = { entitlement: 'begun', startsAt: NOW + 1000, sourceIp: '192.0.2.7' };
      await made({ ...first, requestedWith });
      await made({ entitlement: 'begun', startsAt: NOW + 3000, sourceIp: '2001:db8::7' });
      await ended('denied', NOW + 1000);
      await ended('denied', NOW + 2000);
      await ended('lapsed', NOW + 1500);
      await ended('cancelled', NOW + 2500);
      const past = async (before: number) => {
        const read = await store.signalPast(requester.id, {
          entitlements: ['begun', 'other'],
          before,
        });
        if (!read.ok) throw new Error(read.error.what);
        const begun = (read.value.begun['begun'] ?? []).map(({ at, network, token }) => ({
          ...{ at, network },
          ...(token !== undefined && { token }),
        }));
        const denied = read.value.denied.toSorted((one, other) => one - other);
        return { ...read.value, denied, begun: { ...read.value.begun, begun } };
      };
      expect(await past(NOW + 1000)).toEqual({
        ...{ denied: [], lapsed: [], cancelled: [], begun: { begun: [], other: [] } },
      });
      expect(await past(NOW + 3000)).toEqual({
        ...{ denied: [NOW + 1000, NOW + 2000], lapsed: [NOW + 1500], cancelled: [NOW + 2500] },
        begun: { begun: [{ at: NOW + 1000, network: '192.0.2.0/24', token: 't1' }], other: [] },
      });
    });

    test('a voter cast its votes when it did, also where a vote was withdrawn', async () => {
      const voter = `people:${activeGrant().id}`;
      const approver = { type: 'User', id: voter, name: 'bo' } as const;
      const cast = { approver, comment: null, marks: [voter], facts: null };
      const grant = activeGrant({ status: 'pending', approvals: LAPSING });
      await create(grant);
      const voted = (before: Grant, votes: Grant['approvals']['votes']): Grant => ({
        ...before,
        version: before.version + 1,
        approvals: { ...before.approvals, votes },
      });
      const write = (before: Grant, after: Grant) =>
        store.update({
          ...{ before, grant: after, events: [], idempotency: null, unsuspended: [] },
        });
      const first = voted(grant, [{ ...cast, vote: 'approve', at: NOW + 1000 }]);
      await write(grant, first);
      const none = voted(first, []);
      await write(first, none);
      await write(none, voted(none, [{ ...cast, vote: 'deny', at: NOW + 2000 }]));
      const told = { grantId: grant.id, requester: grant.requester.id };
      const votes = async (before: number) => {
        const read = await store.votesOf(voter, before);
        if (!read.ok) throw new Error(read.error.what);
        return read.value.toSorted((one, other) => other.at - one.at);
      };
      expect(await votes(NOW + 1000)).toEqual([]);
      expect(await votes(NOW + 2000)).toMatchObject([{ ...told, vote: 'approve', at: NOW + 1000 }]);
      expect(await votes(NOW + 2001)).toMatchObject([{ vote: 'deny' }, { vote: 'approve' }]);
    });

    test('the grants that a principal voted on are listed newest first, until the vote is gone', async () => {
      const voter = `people:${activeGrant().id}`;
      const approver = { type: 'User', id: voter, name: 'bo' } as const;
      const cast = { approver, vote: 'approve', comment: null, at: NOW, marks: [voter] } as const;
      const votedOn = (grant: Grant): Grant => ({
        ...grant,
        version: 2,
        approvals: { ...grant.approvals, votes: [{ ...cast, facts: null }] },
      });
      const grants = Array.from({ length: 3 }, (_, at) => activeGrant({ createdAt: NOW + at }));
      for (const grant of [...grants, activeGrant()]) await create(grant);
      for (const grant of grants) await update(grant, votedOn(grant));
      const list = async (after?: Grant) => {
        const page = await store.list({ voter, limit: 2, ...(after && { after }) });
        return page.ok ? page.value.grants.map(({ id }) => id) : page;
      };
      const [oldest, middle, newest] = grants.map(({ id }) => id);
      expect(await list()).toEqual([newest, middle]);
      expect(await list(grants[1])).toEqual([oldest]);
      const [, , last] = grants;
      if (last === undefined) throw new Error('no grant');
      await update(votedOn(last), { ...last, version: 3 });
      expect(await list()).toEqual([middle, oldest]);
      // A vote on an extension stays listed when the extension was decided.
      const [first] = grants;
      const votes = [{ ...cast, facts: null }];
      const extension = { ...EXTENSION, approvals: { ...EXTENSION.approvals, votes } };
      if (first === undefined) throw new Error('no grant');
      const waits = { ...votedOn(first), version: 3, extension, approvals: first.approvals };
      await update(votedOn(first), waits);
      await update(waits, { ...waits, version: 4, extension: null });
      expect(await list()).toEqual([middle, oldest]);
      const { requester, entitlement } = last;
      const others = { requester: requester.id, entitlement, limit: 2 };
      expect(await store.list({ ...others, voter })).toEqual(ok({ grants: [], next: null }));
    });

    test('a used key returns the grant it created, and nothing is written', async () => {
      const first = activeGrant();
      const second = activeGrant({ requester: first.requester });
      const key = { principal: first.requester.id, key: 'k', fingerprint: 'sha256:a' };
      await create(first, key);
      const repeated = await create(second, key);
      expect(repeated).toEqual({ ok: false, error: { code: 'repeated', grantId: first.id } });
      expect(await store.find(second.id)).toEqual({ ok: true, value: null });
    });

    test('a used key with another request is refused', async () => {
      const grant = activeGrant();
      const key = { principal: grant.requester.id, key: 'k', fingerprint: 'sha256:a' };
      await create(grant, key);
      const other = { ...key, fingerprint: 'sha256:b' };
      const reused = { ok: false, error: { code: 'key-reused' } };
      expect(await create(activeGrant(), other)).toEqual(reused);
      expect(await recordVend(grant, other)).toEqual(reused);
      expect(await recordVend(grant, key)).toMatchObject({ ok: true });
    });

    test('only one of many creations under the same key is written', async () => {
      const grants = Array.from({ length: 8 }, () =>
        activeGrant({ requester: { type: 'User', id: `people:${activeGrant().id}`, name: 'x' } }),
      );
      const key = { principal: 'people:race', key: activeGrant().id, fingerprint: 'sha256:a' };
      const results = await Promise.all(grants.map((grant) => create(grant, key)));
      expect(results.filter(({ ok }) => ok)).toHaveLength(1);
      const others = results.flatMap((result) => (result.ok ? [] : [result.error]));
      expect(new Set(others.map(({ code }) => code))).toEqual(new Set(['repeated']));
    });

    test('a suspended principal gets neither grants nor credentials', async () => {
      const grant = activeGrant();
      await create(grant);
      await backdoor.suspend(grant.requester.id);
      const suspended = err({ code: 'suspended', principal: grant.requester.id });
      expect(await recordVend(grant)).toEqual(suspended);
      expect(await create(activeGrant({ requester: grant.requester }))).toEqual(suspended);
    });

    test('a role whose kill switch cannot be written vends no credentials', async () => {
      const role = `${ROLE}-frozen`;
      await backdoor.freeze(role);
      const frozen = { ok: false, error: { code: 'role-frozen' } };
      expect(await create(activeGrant(), null, [role])).toEqual(frozen);
      expect(await create(activeGrant(), null, [])).toMatchObject({ ok: true });
    });

    test('a vend is recorded only while the grant is active', async () => {
      const grant = activeGrant();
      await create(grant);
      expect(await recordVend(grant)).toMatchObject({ ok: true });
      const ended = expire(grant, (grant.expiresAt ?? 0) + 1000);
      if (ended.kind !== 'expired') throw new Error('not expired');
      const now = await store.find(grant.id);
      if (!now.ok || now.value === null) throw new Error('not found');
      expect(await update(now.value, ended.grant)).toMatchObject({ ok: true });
      expect(await recordVend(grant)).toEqual({ ok: false, error: { code: 'conflict' } });
      const never = activeGrant();
      expect(await recordVend(never)).toEqual({ ok: false, error: { code: 'conflict' } });
    });

    test('an update applies only to the version it was made from', async () => {
      const grant = activeGrant();
      await create(grant);
      const next = { ...grant, status: 'expired', version: 2 } as const;
      const results = await Promise.all(Array.from({ length: 4 }, () => update(grant, next)));
      expect(results.filter(({ ok }) => ok)).toHaveLength(1);
      expect(await store.find(grant.id)).toEqual({ ok: true, value: next });
    });

    test('the grants of one requester are listed newest first, by status and entitlement, in pages', async () => {
      const requester = activeGrant().requester;
      const grants = Array.from({ length: 7 }, (_, index) =>
        activeGrant({
          requester,
          createdAt: NOW + index * 1000,
          entitlement: index % 2 === 0 ? 'even' : 'odd',
        }),
      );
      for (const grant of grants) await create(grant);
      const newest = grants.toReversed();
      const page = await store.list({ requester: requester.id, limit: 4 });
      if (!page.ok || page.value.next === null) throw new Error('no page');
      expect(page.value.grants).toEqual(newest.slice(0, 4));
      const rest = await store.list({ requester: requester.id, limit: 4, after: page.value.next });
      expect(rest).toEqual({ ok: true, value: { grants: newest.slice(4), next: null } });
      const even = await store.list({ requester: requester.id, entitlement: 'even', limit: 10 });
      expect(even).toMatchObject({ ok: true, value: { grants: { length: 4 } } });
      const ended = await store.list({ requester: requester.id, status: 'expired', limit: 10 });
      expect(ended).toEqual({ ok: true, value: { grants: [], next: null } });
    });

    test('what waits for votes is listed: requests, and running grants with an extension', async () => {
      const entitlement = `w-${activeGrant().id.slice(3)}`;
      const made = [
        activeGrant({
          ...{ entitlement, status: 'pending', createdAt: NOW + 1000 },
          approvals: LAPSING,
        }),
        activeGrant({ entitlement, extension: EXTENSION, createdAt: NOW + 2000 }),
        activeGrant({ entitlement, createdAt: NOW + 3000 }),
        activeGrant({
          entitlement,
          status: 'scheduled',
          extension: EXTENSION,
          createdAt: NOW + 4000,
        }),
        activeGrant({ entitlement, status: 'expired', createdAt: NOW + 5000 }),
      ] as const;
      for (const grant of made) await create(grant);
      const [pending, running, , scheduled] = made;
      const all = { entitlement, waiting: true, limit: 10 } as const;
      const listed = ok({ grants: [scheduled, running, pending], next: null });
      expect(await store.list(all)).toEqual(listed);
      const one = ok({ grants: [running], next: null });
      expect(await store.list({ ...all, status: 'active' })).toEqual(one);
      const { requester } = running;
      expect(await store.list({ ...all, requester: requester.id })).toEqual(one);
      const first = await store.list({ ...all, limit: 1 });
      if (!first.ok || first.value.next === null) throw new Error('no page');
      expect(first.value.grants).toEqual([scheduled]);
      const rest = await store.list({ ...all, limit: 1, after: first.value.next });
      expect(rest).toMatchObject({ value: { grants: [running] } });
      await update(running, { ...running, version: 2, extension: null });
      expect(await store.list({ ...all, status: 'active' })).toEqual(
        ok({ grants: [], next: null }),
      );
    });

    test('the grants of all requesters and statuses are listed without gaps between pages', async () => {
      const entitlement = `e-${activeGrant().id.slice(3)}`;
      const made = Array.from({ length: 6 }, (_, index) => {
        const status = index % 2 === 0 ? ('denied' as const) : ('active' as const);
        return activeGrant({ entitlement, status, createdAt: NOW + 60_000 + index * 1000 });
      });
      for (const grant of made) await create(grant);
      // The local stack may have ended those whose time is up.
      const seen: string[] = [];
      for (let after: Pick<Grant, 'createdAt' | 'id'> | null | undefined; after !== null; ) {
        const page = await store.list({ entitlement, limit: 2, ...(after && { after }) });
        if (!page.ok) throw new Error('no page');
        seen.push(...page.value.grants.map(({ id }) => id));
        after = page.value.next;
      }
      expect(seen).toEqual(made.toReversed().map(({ id }) => id));
    });
  });
}
