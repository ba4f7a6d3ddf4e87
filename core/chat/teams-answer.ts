import { err, ok, type Result } from '../result.ts';
import type { ChatFailure } from './chat-ports.ts';
import { secondsOf } from './slack-answer.ts';

/**
 * What the answer of a workflow means: it answers 202 before it posts. A webhook that was deleted answers 404, one whose
 * signature is wrong 401 or 403.
 */
export function readTeamsAnswer(
  status: number,
  retryAfter: string | null,
): Result<null, ChatFailure> {
  if (status >= 200 && status < 300) return ok(null);
  if (status === 429) return err({ code: 'limited', afterSeconds: secondsOf(retryAfter) });
  const passes = status >= 500 || status === 408;
  return err({ code: passes ? 'unavailable' : 'refused', reason: `HTTP ${status}` });
}
