import { beforeEach, describe, expect, test } from '@jest/globals';
import type { AuditEvent } from '../../../core/audit.ts';
import { type DenyPorts, denyInChat } from '../../../core/chat/deny-in-chat.ts';
import { denyValue, readAction } from '../../../core/chat/read-action.ts';
import { tellChat } from '../../../core/chat/tell-chat.ts';
import { chatSchema } from '../../../core/config/chat-schema.ts';
import type { Grant } from '../../../core/grant.ts';
import { err, ok } from '../../../core/result.ts';
import { type ChatWorld, chatWorld } from '../../support/chat-world.ts';
import { IN_FORCE, NOT_QUARANTINED } from '../../support/quarantine.ts';
import { activeGrant, EXTENSION, NO_APPROVALS, NOW } from '../../support/sample-grants.ts';

const APP = { appId: 'A0APP0', teamId: 'T0TEAM' };
const CHANNEL = 'C0APPROVERS';
const withDeny = (deny: boolean) =>
  chatSchema.parse({
    slack: {
      ...{ botToken: '/t', interactivity: { signingSecret: '/s', ...APP } },
      routes: [{ channel: CHANNEL, deny }],
    },
  });
const CONFIG = withDeny(true);
const WAITS = { ...NO_APPROVALS, required: 2, refusals: 2, lapseAt: NOW + 3_600_000 };
const pending = (changes: Partial<Grant> = {}): Grant =>
  activeGrant({
    ...{ status: 'pending', startsAt: null, expiresAt: null, approvals: WAITS },
    ...changes,
  });
const BOB = { type: 'ChatUser', id: 'slack:T0TEAM:U0BOB', name: 'bob' } as const;

let world: ChatWorld;
let events: AuditEvent[];
let conflict: boolean;
beforeEach(() => {
  world = chatWorld(CONFIG);
  events = [];
  conflict = false;
});

async function shown(grant: Grant) {
  world.grants.set(grant.id, grant);
  await tellChat(world.ports, grant.id, NOW + 60_000);
  const message = [...world.rows.values()].find(({ about }) => about === grant.id)?.message;
  return { grantId: grant.id, version: grant.version, channel: CHANNEL, ts: message?.ts ?? '' };
}

type Press = Awaited<ReturnType<typeof shown>>;

const press = (
  pressed: Press,
  config = CONFIG,
  quarantine: DenyPorts['quarantine'] = NOT_QUARANTINED,
) => {
  // The channel of the world is the key of its place.
  const chats = {
    find: async (about: string, place: string) => {
      const found = await world.ports.chats.find(about, place);
      if (!found.ok || found.value?.message == null) return found;
      return ok({ ...found.value, message: { ...found.value.message, channel: CHANNEL } });
    },
  };
  const ports = {
    ...{
      chats,
      quarantine,
      clock: () => world.now,
      random: (length: number) => new Uint8Array(length),
    },
    store: {
      find: world.ports.store.find,
      update: async (write: { grant: Grant; events: readonly AuditEvent[] }) => {
        if (conflict) return err({ code: 'conflict' } as const);
        world.grants.set(write.grant.id, write.grant);
        events.push(...write.events);
        return ok(null);
      },
    },
  };
  return denyInChat(ports as never, { ...pressed, user: BOB }, config, 'r-1');
};

test.each([
  ['in quarantine', ok(IN_FORCE), 'quarantined'],
  [
    'where the quarantine cannot be read',
    err({ code: 'unavailable', what: 'store' } as const),
    'unavailable',
  ],
] as const)('%s the button denies nothing', async (_, read, code) => {
  const grant = pending();
  const pressed = await shown(grant);
  expect(await press(pressed, CONFIG, async () => read)).toMatchObject({ error: { code } });
  expect([world.grants.get(grant.id), events]).toEqual([grant, []]);
});

describe('the button to deny', () => {
  test('ends a request that waits, in the name of who pressed it in the chat', async () => {
    const grant = pending();
    const pressed = await shown(grant);
    expect(world.shown[0]?.announcement.deny).toEqual({ grantId: grant.id, version: 1 });
    expect(await press(pressed)).toEqual({ ok: true, value: 'denied' });
    const reason = 'denied in Slack by bob (slack:T0TEAM:U0BOB)';
    expect(world.grants.get(grant.id)).toMatchObject({
      ...{ status: 'denied', version: 2, endReason: reason },
      approvals: { votes: [] },
    });
    expect(events).toMatchObject([
      { type: 'denied', status: 'denied', reason, actor: BOB, requestId: 'r-1', sourceIp: null },
    ]);
  });

  test('ends an extension that waits, and not the grant', async () => {
    const grant = activeGrant({ extension: EXTENSION });
    expect(await press(await shown(grant))).toEqual({ ok: true, value: 'denied' });
    expect(world.grants.get(grant.id)).toMatchObject({ status: 'active', extension: null });
    expect(events).toMatchObject([{ type: 'extension-refused', actor: BOB }]);
  });

  test.each([
    ['was voted on since', pending({ version: 2 })],
    ['runs', activeGrant({ version: 1 })],
    ['is over', pending({ status: 'cancelled' })],
    ['has lapsed', pending({ approvals: { ...WAITS, lapseAt: NOW } })],
  ])('does nothing to what %s', async (_, now) => {
    const pressed = await shown(pending());
    world.grants.set(pressed.grantId, { ...now, id: pressed.grantId });
    expect(await press(pressed)).toEqual({ ok: true, value: 'stale' });
    expect(events).toEqual([]);
  });

  test('does nothing where somebody else was faster', async () => {
    const pressed = await shown(pending());
    conflict = true;
    expect(await press(pressed)).toEqual({ ok: true, value: 'stale' });
  });

  test.each([
    ['in another channel', { channel: 'C0ELSEWHERE' }],
    ['on another message', { ts: '99.9' }],
    ['about a grant that was never shown there', { grantId: `gr_${'0'.repeat(20)}` }],
  ])('does nothing %s', async (_, changes) => {
    const pressed = { ...(await shown(pending())), ...changes };
    expect(await press(pressed)).toEqual({ ok: true, value: 'elsewhere' });
    expect(events).toEqual([]);
  });

  test('is not there, and does nothing, where the channel may not deny', async () => {
    const pressed = await shown(pending());
    expect(await press(pressed, withDeny(false))).toEqual({ ok: true, value: 'elsewhere' });
    world = chatWorld(withDeny(false));
    await shown(pending());
    expect(world.shown[0]?.announcement.deny).toBeNull();
  });

  test('goes with the end of the wait', async () => {
    const grant = pending();
    await shown(grant);
    await shown({ ...grant, status: 'active', version: 2 });
    expect(world.shown[0]?.announcement.deny).toBeNull();
  });
});

describe('what Slack says was pressed', () => {
  const id = `gr_${'0'.repeat(20)}`;
  const payload = (changes: object = {}) => ({
    type: 'block_actions',
    api_app_id: 'A0APP0',
    team: { id: 'T0TEAM', domain: 'acme' },
    user: { id: 'U0BOB', team_id: 'T0TEAM', username: 'bob\u202e\n' },
    channel: { id: CHANNEL, name: 'approvers' },
    message: { ts: '17.1', text: `approve gr_${'1'.repeat(20)}` },
    actions: [{ action_id: 'deny', value: denyValue({ grantId: id, version: 3 }), type: 'button' }],
    ...changes,
  });
  const read = (value: unknown) =>
    readAction(String(new URLSearchParams({ payload: JSON.stringify(value) })), APP);

  test('is the grant, its version, the message and who it was', () => {
    expect(read(payload())).toEqual({
      ok: true,
      value: { grantId: id, version: 3, channel: CHANNEL, ts: '17.1', user: BOB },
    });
    const nameless = { id: 'U0BOB', team_id: 'T0TEAM' };
    expect(read(payload({ user: nameless }))).toMatchObject({
      value: { user: { name: 'slack:T0TEAM:U0BOB' } },
    });
  });

  test('a button that opens the page is acknowledged, and nothing else', () => {
    expect(read(payload({ actions: [{ action_id: 'open' }] }))).toEqual({ ok: true, value: null });
    expect(read(payload({ message: undefined }))).toEqual({ ok: true, value: null });
  });

  test.each([
    ['another app', { api_app_id: 'A0OTHER' }],
    ['another workspace', { team: { id: 'T0OTHER' } }],
    ['another workspace', { team: null }],
    ['another workspace', { user: { id: 'U0BOB', team_id: 'T0OTHER' } }],
    ['malformed', { user: { id: 'U0BOB' } }],
    ['malformed', { user: { id: 'U:0', team_id: 'T0TEAM' } }],
    ['malformed', { type: 'view_submission' }],
    ['malformed', { actions: [{ action_id: 'deny', value: 'gr_1 1' }] }],
    ['malformed', { actions: [{ action_id: 'deny', value: `${id} 1 approve` }] }],
    ['malformed', { actions: [{ action_id: 'deny' }] }],
  ])('%s is refused: %j', (error, changes) => {
    expect(read(payload(changes))).toEqual({ ok: false, error });
  });

  test('what is no payload is refused', () => {
    expect(readAction('payload=no', APP)).toEqual({ ok: false, error: 'malformed' });
    expect(readAction('', APP)).toEqual({ ok: false, error: 'malformed' });
  });
});
