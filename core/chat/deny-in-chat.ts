import type { Initiator } from '../audit.ts';
import type { ChatConfig } from '../config/chat-schema.ts';
import type { Unavailable } from '../failure.ts';
import { next, waitsForVotes } from '../grant.ts';
import { refusalOf } from '../grants/complete-quorum.ts';
import { type WritePorts, writeChange } from '../grants/write-change.ts';
import type { Instant } from '../instant.ts';
import { refusedFor, votedOn } from '../lifecycle/vote.ts';
import type { GrantStore } from '../ports.ts';
import type { Quarantined } from '../quarantine.ts';
import { type MayBeQuarantined, unlessQuarantined } from '../read-quarantine.ts';
import { err, ok, type Result } from '../result.ts';
import type { ChatStore } from './chat-ports.ts';
import { placeKey } from './place.ts';
import type { DenyPressed } from './read-action.ts';

export type DenyPorts = WritePorts &
  MayBeQuarantined & {
    readonly store: Pick<GrantStore, 'find' | 'update'>;
    readonly chats: Pick<ChatStore, 'find'>;
    readonly clock: () => Instant;
  };

/** `stale`: it has changed since, and the message will say how. `elsewhere`: no message of ours has this button. */
export type Denied = 'denied' | 'stale' | 'elsewhere';

/**
 * Denies a request, or an extension, that waits for votes. It is all that anybody can do from a chat, because a chat says
 * who somebody is, and not that they signed in: nothing here approves, and nothing ends what runs. A denial gives nobody
 * anything, and what was denied by mistake can be requested again.
 *
 * It is no vote: whoever presses has no principal, and the trail says who it was in the chat. In a quarantine nothing that
 * waits is decided, here as little as by votes.
 */
export async function denyInChat(
  ports: DenyPorts,
  { grantId, version, channel, ts, user }: DenyPressed,
  config: ChatConfig,
  requestId: string,
): Promise<Result<Denied, Quarantined | Unavailable>> {
  const route = config.slack?.routes.find((one) => one.channel === channel);
  if (route?.deny !== true) return ok('elsewhere');
  const place = placeKey({ kind: 'channel', channel, escalateTo: null, deny: true });
  const posted = await ports.chats.find(grantId, place);
  if (!posted.ok) return posted;
  const { message = null } = posted.value ?? {};
  if (message?.channel !== channel || message.ts !== ts) return ok('elsewhere');
  const open = await unlessQuarantined(ports);
  if (!open.ok) return open;
  const found = await ports.store.find(grantId);
  if (!found.ok) return found;
  const before = found.value;
  const at = ports.clock();
  if (before === null || before.version !== version || !waitsForVotes(before)) return ok('stale');
  const { lapseAt } = votedOn(before);
  if (lapseAt !== null && at >= lapseAt) return ok('stale');
  const reason = `denied in Slack by ${user.name} (${user.id})`;
  const by: Initiator = { actor: user, requestId, sourceIp: null };
  const written = await writeChange(ports, {
    ...{ before, grant: refusedFor(next(before, {}), reason, at), by, at },
    happening: { type: refusalOf(before), reason },
  });
  if (written.ok) return ok('denied');
  return written.error.code === 'conflict' ? ok('stale') : err(written.error);
}
