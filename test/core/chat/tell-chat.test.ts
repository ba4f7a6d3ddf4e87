import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { AuditEvent } from '../../../core/audit.ts';
import { MESSAGES_AN_HOUR } from '../../../core/chat/crowd.ts';
import { tellChat } from '../../../core/chat/tell-chat.ts';
import { chatSchema } from '../../../core/config/chat-schema.ts';
import type { Grant } from '../../../core/grant.ts';
import { err } from '../../../core/result.ts';
import { type ChatWorld, chatWorld } from '../../support/chat-world.ts';
import {
  activeGrant,
  EXTENSION,
  NO_APPROVALS,
  NOW,
  requestedEvent,
} from '../../support/sample-grants.ts';

const ANA = { type: 'User' as const, id: 'people:ana', name: 'ana@acme.example' };
const BOB = { type: 'User' as const, id: 'people:bob', name: 'bob@acme.example' };
const WAITS = { ...NO_APPROVALS, required: 2, lapseAt: NOW + 3_600_000 };
const VOTE = {
  approver: BOB,
  vote: 'approve',
  comment: null,
  at: NOW,
  marks: [],
  facts: null,
} as const;

const pending = (changes: Partial<Grant> = {}): Grant =>
  activeGrant({
    ...{ status: 'pending', requester: ANA, startsAt: null, expiresAt: null, approvals: WAITS },
    ...changes,
  });

let world: ChatWorld;
beforeEach(() => {
  world = chatWorld();
});

const LATER = 60_000;
/** The grant is now so, and a notice says that something happened to it. */
async function happens(grant: Grant, within = LATER) {
  world.grants.set(grant.id, grant);
  return tellChat(world.ports, grant.id, world.now + within);
}
const headlines = (): readonly string[] =>
  world.shown.map(({ announcement }) => announcement.headline);

describe('one message in a channel', () => {
  test('follows a request from its beginning to its end', async () => {
    const grant = pending();
    await happens(grant);
    expect(headlines()).toEqual(['A request waits for your vote']);
    const voted = { ...grant, approvals: { ...WAITS, votes: [VOTE] } };
    await happens(voted);
    expect(world.shown[0]?.announcement.facts).toContainEqual({
      name: 'Votes',
      value: '1 of 2, bob@acme.example approved',
    });
    await happens({ ...voted, status: 'active', startsAt: NOW, expiresAt: NOW + 900_000 });
    expect(headlines()).toEqual(['A request was approved']);
    await happens({ ...voted, status: 'expired', endedAt: NOW });
    expect(headlines()).toEqual(['Access has ended']);
    expect(world.done).toEqual(['post', 'update', 'update', 'update']);
  });

  test('is not touched where nothing changed', async () => {
    const grant = pending();
    for (let repeat = 0; repeat < 3; repeat++) await happens(grant);
    expect(world.done).toEqual(['post']);
  });

  test('is not begun for what policy allowed, or what was over before anybody looked', async () => {
    await happens(activeGrant());
    await happens(pending({ status: 'denied' }));
    await happens(pending({ status: 'cancelled' }));
    expect(world.shown).toEqual([]);
    expect(world.rows.size).toBe(0);
  });

  test('tells of break-glass, until it was reviewed', async () => {
    const review = {
      ...{ status: 'due' as const, dueAt: NOW, reminded: false, reviewer: null },
      ...{ comment: null, at: null },
    };
    await happens(activeGrant({ breakGlass: true, review }));
    expect(headlines()).toEqual(['Break-glass was used']);
    await happens(activeGrant({ breakGlass: true, status: 'expired', review }));
    expect(headlines()).toContain('Break-glass was used, and has ended');
    await happens(activeGrant({ breakGlass: true, review: { ...review, status: 'done' } }));
    expect(world.shown).toHaveLength(2);
  });

  test('is begun by an extension of a grant that nobody had to see', async () => {
    await happens(activeGrant({ extension: EXTENSION }));
    expect(headlines()).toEqual(['An extension waits for your vote']);
  });

  test('has reminders in its thread, each once, and not those from before it', async () => {
    const grant = pending();
    const event = (id: string, type: 'reminded' | 'escalated', at = NOW): AuditEvent =>
      ({ ...requestedEvent(grant), id, type, at, actor: 'broker' }) as AuditEvent;
    world.events.set(grant.id, [event('ev_1', 'reminded')]);
    await happens(grant);
    expect(world.shown[0]?.lines).toEqual([]);
    world.events.set(grant.id, [event('ev_2', 'escalated', NOW + 1), event('ev_1', 'reminded')]);
    await happens({ ...grant, approvals: { ...WAITS, escalated: true } });
    await happens({ ...grant, approvals: { ...WAITS, escalated: true } });
    expect(world.shown).toHaveLength(1);
    expect(world.shown[0]?.lines).toEqual([
      'A request was escalated to the second tier: artifacts-read',
    ]);
  });

  test('is posted again where somebody deleted it, while it waits', async () => {
    const grant = pending();
    await happens(grant);
    world.faults.push({ code: 'gone' });
    await happens({ ...grant, approvals: { ...WAITS, votes: [VOTE] } });
    expect(world.shown).toHaveLength(2);
    world.faults.push({ code: 'gone' });
    await happens({ ...grant, status: 'denied' });
    await happens({ ...grant, status: 'denied' });
    expect(world.shown).toHaveLength(2);
  });
});

describe('when a chat does not take it', () => {
  test('so many messages, it waits as long as it is told, if there is time', async () => {
    world.faults.push({ code: 'limited', afterSeconds: 20 });
    expect(await happens(pending())).toEqual({ ok: true, value: [] });
    expect(world.now).toBe(NOW + 20_000);
    expect(world.shown).toHaveLength(1);
    world.faults.push({ code: 'limited', afterSeconds: 120 });
    expect(await happens(pending())).toMatchObject({
      value: [{ place: 'slack#C0APPROVERS', failure: { code: 'limited' } }],
    });
    expect(world.now).toBe(NOW + 20_000);
  });

  test.each(['unavailable', 'refused'] as const)(
    'as it is %s, the next notice tries again',
    async (code) => {
      const grant = pending();
      world.faults.push({ code, reason: 'HTTP 503' });
      expect(await happens(grant)).toMatchObject({ value: [{ failure: { code } }] });
      expect(world.shown).toEqual([]);
      expect(await happens(grant)).toEqual({ ok: true, value: [] });
      expect(world.shown).toHaveLength(1);
    },
  );

  test('other channels get theirs', async () => {
    const routes = [{ channel: 'C0ONE0' }, { channel: 'C0TWO0' }];
    world = chatWorld(chatSchema.parse({ slack: { botToken: '/token', routes } }));
    world.faults.push({ code: 'refused', reason: 'not_in_channel' });
    const done = await happens(pending());
    expect(done).toMatchObject({ value: [{ place: 'slack#C0ONE0' }] });
    expect(world.shown.map(({ place }) => place)).toEqual(['slack#C0TWO0']);
  });

  test('nobody there knows the person: then it is silent', async () => {
    world = chatWorld(chatSchema.parse({ slack: { botToken: '/token', requesters: true } }));
    world.faults.push({ code: 'nobody' });
    const grant = pending();
    expect(await happens(grant)).toEqual({ ok: true, value: [] });
    await happens(grant);
    expect(world.shown).toEqual([]);
  });

  test('and the table neither, the queue tries again', async () => {
    const chats = {
      ...world.ports.chats,
      find: async () => err({ code: 'unavailable', what: 'store' } as const),
    };
    const grant = pending();
    world.grants.set(grant.id, grant);
    const done = await tellChat({ ...world.ports, chats }, grant.id, world.now + LATER);
    expect(done).toMatchObject({ value: [{ failure: { code: 'unavailable' } }] });
  });
});

describe('a reader that dies', () => {
  test('between the message and its record leaves a second message, and never none', async () => {
    const grant = pending();
    const { save } = world.ports.chats;
    const dying = {
      ...world.ports.chats,
      save: async (row: Parameters<typeof save>[0]) => {
        if (row.message !== null) throw new Error('it died');
        return save(row);
      },
    };
    world.grants.set(grant.id, grant);
    await expect(tellChat({ ...world.ports, chats: dying }, grant.id, NOW + LATER)).rejects.toThrow(
      'it died',
    );
    // The queue delivers the notice again: first others wait for the claim, and then they take it over.
    expect(await tellChat(world.ports, grant.id, world.now + 10_000)).toMatchObject({
      value: [{ failure: { code: 'busy' } }],
    });
    expect(await tellChat(world.ports, grant.id, world.now + LATER)).toEqual({
      ok: true,
      value: [],
    });
    expect(world.shown).toHaveLength(2);
    await happens({ ...grant, status: 'denied' });
    expect(headlines()).toEqual(['A request waits for your vote', 'A request was denied']);
  });
});

describe('many requests of one principal', () => {
  const many = async (count: number): Promise<readonly Grant[]> => {
    const grants = Array.from({ length: count }, () => pending());
    for (const grant of grants) await happens(grant);
    return grants;
  };

  test('have a message each up to ten, and then one for all others', async () => {
    const grants = await many(MESSAGES_AN_HOUR + 5);
    for (const grant of grants) await happens(grant);
    expect(world.shown).toHaveLength(MESSAGES_AN_HOUR + 1);
    expect(headlines().at(-1)).toBe('Many requests of one principal ask for votes');
    const last = grants.at(-1);
    if (last !== undefined) await happens({ ...last, status: 'denied' });
    expect(world.shown).toHaveLength(MESSAGES_AN_HOUR + 1);
  });

  test('do not hide those of others, of the next hour, or break-glass', async () => {
    const [first] = (await many(MESSAGES_AN_HOUR + 2)).toReversed();
    const before = world.shown.length;
    await happens(pending({ requester: BOB }));
    await happens(pending({ createdAt: NOW + 3_600_000 }));
    if (first !== undefined) await happens({ ...first, status: 'active', breakGlass: true });
    expect(world.shown).toHaveLength(before + 3);
  });

  test('each have a message of their own while the digest is not taken', async () => {
    await many(MESSAGES_AN_HOUR);
    world.faults.push({ code: 'refused', reason: 'invalid_blocks' });
    await happens(pending());
    expect(headlines().at(-1)).toBe('A request waits for your vote');
  });
});

describe('in Teams, which updates nothing', () => {
  test('each change of state is a card, and a vote is none', async () => {
    world = chatWorld(chatSchema.parse({ teams: { routes: [{ webhook: '/valetkey/teams' }] } }));
    const grant = pending();
    await happens(grant);
    await happens({ ...grant, approvals: { ...WAITS, votes: [VOTE] } });
    expect(world.done).toEqual(['post']);
    const escalated = { ...requestedEvent(grant), id: 'ev_2', type: 'escalated' } as AuditEvent;
    const reminded = { ...escalated, id: 'ev_3', type: 'reminded', at: NOW + 1 } as AuditEvent;
    world.events.set(grant.id, [escalated]);
    const approvals = { ...WAITS, escalated: true };
    await happens({ ...grant, approvals });
    expect(world.done).toEqual(['post', 'update']);
    world.events.set(grant.id, [reminded, escalated]);
    await happens({ ...grant, approvals });
    expect(world.done).toEqual(['post', 'update', 'follow-up']);
    world.done.length = 0;
    await happens({ ...grant, status: 'active', expiresAt: NOW + 1000 });
    await happens({ ...grant, status: 'expired', expiresAt: NOW + 1000 });
    expect(world.done).toEqual(['update', 'update']);
  });
});

describe('without time', () => {
  test('no further place is begun, and the queue is told', async () => {
    const grant = pending();
    expect(await happens(grant, 0)).toMatchObject({ value: [{ failure: { code: 'busy' } }] });
    expect(world.shown).toEqual([]);
    expect(world.rows.size).toBe(0);
    await happens(grant);
    expect(await happens(grant, 0)).toEqual({ ok: true, value: [] });
  });
});

describe('the requester', () => {
  test('has a message of their own, and hears what became of the request', async () => {
    world = chatWorld(chatSchema.parse({ slack: { botToken: '/token', requesters: true } }));
    const grant = pending();
    await happens(grant);
    expect(headlines()).toEqual(['Your request waits for votes']);
    const denied = { ...requestedEvent(grant), id: 'ev_2', type: 'denied', reason: 'no' };
    world.events.set(grant.id, [denied as AuditEvent]);
    await happens({ ...grant, status: 'denied' });
    expect(world.shown).toMatchObject([
      {
        announcement: { headline: 'Your request was denied' },
        lines: ['Your request was denied: artifacts-read'],
      },
    ]);
  });
});

test('whatever notices come twice, late, in another order or at the same time: one message, and the last state', async () => {
  const stages = (grant: Grant): readonly Grant[] => [
    grant,
    { ...grant, approvals: { ...WAITS, votes: [VOTE] } },
    { ...grant, status: 'active', startsAt: NOW, expiresAt: NOW + 900_000 },
    { ...grant, status: 'revoking' },
    { ...grant, status: 'revoked', endedAt: NOW },
  ];
  const notices = fc.array(fc.nat(3), { minLength: 5, maxLength: 5 });
  let told = 0;
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), notices, async (scheduler, counts) => {
      const history = chatWorld();
      const { ports } = history;
      const slow = <A extends unknown[], R>(call: (...args: A) => Promise<R>) =>
        scheduler.scheduleFunction(call);
      const scheduled = {
        ...ports,
        chats: {
          list: slow(ports.chats.list),
          find: slow(ports.chats.find),
          save: slow(ports.chats.save),
          count: slow(ports.chats.count),
        },
        store: { find: slow(ports.store.find) },
        // The time stands still, so that no claim runs out.
        pause: slow(async () => undefined),
        messenger: (place: Parameters<typeof ports.messenger>[0]) => {
          const { post, update, followUp } = ports.messenger(place);
          return { post: slow(post), update: slow(update), followUp: slow(followUp) };
        },
      };
      const grant = pending();
      const readers: Promise<unknown>[] = [];
      const writer = async (): Promise<void> => {
        for (const [at, stage] of stages(grant).entries()) {
          await scheduler.schedule(Promise.resolve());
          history.grants.set(grant.id, stage);
          // The first state has a notice, or nobody would ever have to see it; so has the last.
          const least = at === 0 || at === 4 ? 1 : 0;
          for (let notice = 0; notice < Math.max(least, counts[at] ?? 0); notice++) {
            readers.push(tellChat(scheduled, grant.id, NOW + LATER));
          }
        }
      };
      const writing = writer();
      await scheduler.waitFor(writing);
      await scheduler.waitFor(Promise.all(readers));
      expect(history.shown.length).toBeLessThanOrEqual(1);
      for (const { announcement } of history.shown) {
        expect(announcement.headline).toBe('Access was revoked');
      }
      expect(history.done.filter((done) => done === 'post')).toHaveLength(history.shown.length);
      for (const row of history.rows.values()) expect(row.busyUntil).toBeNull();
      told += history.shown.length;
    }),
    { numRuns: 150 },
  );
  expect(told).toBeGreaterThan(10);
});
