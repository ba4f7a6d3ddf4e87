import { err, ok, type Result } from '../result.ts';
import type { ChatFailure } from './chat-ports.ts';

/** An answer of Slack's web API: the status, the header `Retry-After`, and the body if it is a JSON object. */
export type SlackAnswer = {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly body: Readonly<Record<string, unknown>>;
};

/** Slack's own trouble, which passes. */
const PASSING = ['internal_error', 'fatal_error', 'service_unavailable', 'request_timeout'];

/** A token that was replaced or taken back: the new one may be in its parameter already. */
const BAD_TOKEN = [
  'invalid_auth',
  'not_authed',
  'account_inactive',
  'token_revoked',
  'token_expired',
];

const GONE = ['message_not_found', 'thread_not_found'];

const LIMITED = ['ratelimited', 'rate_limited', 'message_limit_exceeded'];

/** Where Slack names no time. */
const SOME_SECONDS = 5;

/**
 * What an answer means. What is not known here is refused: trying again is no use until somebody knows why.
 *
 * @see https://docs.slack.dev/reference/methods/chat.postMessage
 * @see https://docs.slack.dev/apis/web-api/rate-limits
 */
export function readSlackAnswer({
  status,
  retryAfter,
  body,
}: SlackAnswer): Result<SlackAnswer['body'], ChatFailure> {
  if (status === 429) return err({ code: 'limited', afterSeconds: secondsOf(retryAfter) });
  if (status >= 500) return err({ code: 'unavailable', reason: `HTTP ${status}` });
  if (body['ok'] === true) return ok(body);
  const error = body['error'];
  if (typeof error !== 'string') return err({ code: 'unavailable', reason: `HTTP ${status}` });
  if (LIMITED.includes(error)) {
    return err({ code: 'limited', afterSeconds: secondsOf(retryAfter) });
  }
  if (GONE.includes(error)) return err({ code: 'gone' });
  if (error === 'users_not_found') return err({ code: 'nobody' });
  const reason = /^\w{1,64}$/.test(error) ? error : 'unknown';
  const passes = PASSING.includes(error) || BAD_TOKEN.includes(error);
  return err({ code: passes ? 'unavailable' : 'refused', reason });
}

/** Whether the token has to be read again. */
export function isBadToken(failure: ChatFailure): boolean {
  return failure.code === 'unavailable' && BAD_TOKEN.includes(failure.reason);
}

export function secondsOf(retryAfter: string | null): number {
  return retryAfter !== null && /^\d{1,5}$/.test(retryAfter) ? Number(retryAfter) : SOME_SECONDS;
}

/** Someone of this workspace who can sign in: no bot, nobody from elsewhere, nobody who left. */
export function isMember(user: unknown): user is { readonly id: string } {
  if (typeof user !== 'object' || user === null) return false;
  const { id, deleted, is_bot, is_stranger } = user as Readonly<Record<string, unknown>>;
  return typeof id === 'string' && deleted !== true && is_bot !== true && is_stranger !== true;
}
