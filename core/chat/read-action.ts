import * as z from 'zod';
import type { ChatUser } from '../audit.ts';
import { GRANT_ID } from '../ids.ts';
import { err, ok, type Result } from '../result.ts';
import { firstCharacters } from '../text.ts';
import type { DenyTarget } from './announcement.ts';
import { oneLine } from './plain-text.ts';

export const DENY_ACTION = 'deny';

/** The button to deny, with nothing but what it is about. */
export function denyValue({ grantId, version }: DenyTarget): string {
  return `${grantId} ${version}`;
}

/** Somebody pressed the button to deny. */
export type DenyPressed = DenyTarget & {
  readonly user: ChatUser;
  /** The message that the button is on. */
  readonly channel: string;
  readonly ts: string;
};

/** Where presses have to come from. */
export type Workspace = { readonly appId: string; readonly teamId: string };

export type ActionRefusal = 'malformed' | 'another app' | 'another workspace';

/**
 * What Slack says was pressed; null where there is nothing to do but to acknowledge, as for a button that opens the
 * page. Everything but the id and the version is read from the table afterwards.
 *
 * @param body A form with the field `payload`, in JSON.
 * @see https://docs.slack.dev/reference/interaction-payloads/block_actions-payload
 */
export function readAction(
  body: string,
  { appId, teamId }: Workspace,
): Result<DenyPressed | null, ActionRefusal> {
  const read = payload.safeParse(jsonIn(new URLSearchParams(body).get('payload')));
  if (!read.success) return err('malformed');
  const { api_app_id, team, user, actions, channel, message } = read.data;
  if (api_app_id !== appId) return err('another app');
  // Somebody of another workspace is in a channel that two of them share.
  if (team?.id !== teamId || user.team_id !== teamId) return err('another workspace');
  const pressed = actions.find(({ action_id }) => action_id === DENY_ACTION);
  if (pressed === undefined || channel === undefined || message === undefined) return ok(null);
  const [, grantId = '', version = ''] = /^(\S+) (\d{1,9})$/.exec(pressed.value ?? '') ?? [];
  if (!GRANT_ID.test(grantId)) return err('malformed');
  const id = `slack:${teamId}:${user.id}`;
  const name = firstCharacters(oneLine(user.username ?? user.name ?? ''), 80) || id;
  return ok({
    ...{ grantId, version: Number(version), channel: channel.id, ts: message.ts },
    user: { type: 'ChatUser', id, name },
  });
}

const id = z.string().regex(/^[A-Z0-9]{2,32}$/);

const payload = z.object({
  type: z.literal('block_actions'),
  api_app_id: id,
  team: z.object({ id }).nullish(),
  user: z.object({
    id,
    team_id: id,
    username: z.string().optional(),
    name: z.string().optional(),
  }),
  channel: z.object({ id }).optional(),
  message: z.object({ ts: z.string().max(40) }).optional(),
  actions: z
    .array(z.object({ action_id: z.string(), value: z.string().max(2000).optional() }))
    .max(25),
});

function jsonIn(text: string | null): unknown {
  try {
    return text === null ? null : JSON.parse(text);
  } catch {
    return null;
  }
}
