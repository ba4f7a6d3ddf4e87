import type { AuditEvent } from '../../core/audit.ts';
import type { Announcement } from '../../core/chat/announcement.ts';
import type { ChatFailure, ChatStore, Messenger, Posted } from '../../core/chat/chat-ports.ts';
import { placeKey } from '../../core/chat/place.ts';
import type { ChatPorts } from '../../core/chat/tell-chat.ts';
import { type ChatConfig, chatSchema } from '../../core/config/chat-schema.ts';
import type { Grant } from '../../core/grant.ts';
import { err, ok } from '../../core/result.ts';
import { exampleBundle } from './bundles.ts';
import { NOW } from './sample-grants.ts';

/** The ports of the chat in memory: a table, a trail, and places that keep what they are sent. */

export const CONFIG: ChatConfig = chatSchema.parse({
  slack: { botToken: '/token', routes: [{ channel: 'C0APPROVERS', escalateTo: 'S0GROUP' }] },
});

export type Shown = {
  readonly place: string;
  announcement: Announcement;
  readonly lines: string[];
};

export type ChatWorld = {
  readonly ports: ChatPorts;
  readonly grants: Map<string, Grant>;
  readonly events: Map<string, readonly AuditEvent[]>;
  readonly rows: Map<string, Posted>;
  /** Every message that is there, in the order in which they were posted. */
  readonly shown: Shown[];
  /** Makes a call of a chat fail; taken away as it is used. */
  readonly faults: ChatFailure[];
  readonly done: string[];
  now: number;
};

const BUNDLE = exampleBundle();

export function chatWorld(config: ChatConfig = CONFIG): ChatWorld {
  const rows = new Map<string, Posted>();
  const counts = new Map<string, number>();
  const chats: ChatStore = {
    list: async (about) => ok([...rows.values()].filter((row) => row.about === about)),
    find: async (about, place) => ok(rows.get(`${about} ${place}`) ?? null),
    save: async (posted) => {
      const key = `${posted.about} ${posted.place}`;
      if ((rows.get(key)?.revision ?? 0) !== posted.revision - 1) return ok(false);
      rows.set(key, posted);
      return ok(true);
    },
    count: async (crowd, place) => {
      const count = (counts.get(`${crowd} ${place}`) ?? 0) + 1;
      counts.set(`${crowd} ${place}`, count);
      return ok(count);
    },
  };
  const messenger = (place: string): Messenger => ({
    post: async (announcement) => {
      const fault = world.faults.shift();
      if (fault !== undefined) return err(fault);
      world.shown.push({ place, announcement, lines: [] });
      // Teams does not say what it posted.
      if (place.startsWith('teams#')) return ok(null);
      return ok({ channel: place, ts: String(world.shown.length - 1) });
    },
    update: async (ref, announcement) => {
      const fault = world.faults.shift();
      if (fault !== undefined) return err(fault);
      if (ref === null) world.shown.push({ place, announcement, lines: [] });
      if (ref === null) return ok(null);
      const message = world.shown[Number(ref.ts)];
      if (message === undefined) return err({ code: 'gone' });
      message.announcement = announcement;
      return ok(ref);
    },
    followUp: async (ref, { text }) => {
      const fault = world.faults.shift();
      if (fault !== undefined) return err(fault);
      const last = world.shown.length - 1;
      world.shown[Number(ref?.ts ?? last)]?.lines.push(text);
      return ok(null);
    },
  });
  const world: ChatWorld = {
    ...{ rows, grants: new Map(), events: new Map(), shown: [], faults: [], done: [], now: NOW },
    ports: {
      chats,
      store: { find: async (id) => ok(world.grants.get(id) ?? null) },
      trail: {
        latest: async (id) => ok({ events: world.events.get(id) ?? [], next: null }),
      },
      messenger: (place) => messenger(placeKey(place)),
      config,
      bundle: BUNDLE,
      apiUrl: 'https://valetkey.acme.example',
      clock: () => world.now,
      pause: async (milliseconds) => {
        world.now += milliseconds;
      },
      report: (done) => world.done.push(done),
    },
  };
  return world;
}
