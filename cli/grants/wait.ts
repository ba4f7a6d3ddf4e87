import { type Grant, grant as grantSchema } from '../broker/answers.ts';
import type { Broker } from '../broker/client.ts';
import { EXIT, Failure } from '../failure.ts';
import { notes } from '../notes.ts';
import { plain } from '../terminal.ts';
import { countdown } from './countdown.ts';

/** Waits for approvals, and shows the progress. */

const POLL_MS = 2000;
const PATIENCE_MS = 10 * 60_000;

/**
 * Waits until the grant is active.
 *
 * @throws Failure: `denied` if the request was denied or lapsed, `interrupted` by the signal.
 */
export async function untilActive(
  broker: Broker,
  first: Grant,
  signal: AbortSignal,
): Promise<Grant> {
  const line = countdown(POLL_MS);
  const poll = poller(broker);
  if (first.status === 'pending') {
    for (const advice of first.decision.advice) notes.note(plain(advice), { advice });
    noteMatchCode(first);
  }
  try {
    for (let grant = first; ; grant = await poll(grant)) {
      if (grant.status === 'active') return grant;
      if (grant.status !== 'pending' && grant.status !== 'scheduled') throw notGranted(grant);
      await line.tick(grant, signal);
      if (signal.aborted) throw new Failure('interrupted', 'Interrupted.');
    }
  } finally {
    line.clear();
  }
}

/** Nobody else is shown it, and nobody is shown it again. */
function noteMatchCode({ id, approvals, matchCode }: Grant): void {
  if (approvals.matchCode === undefined) return;
  const text =
    matchCode === undefined
      ? `The match code of ${id} was in an earlier answer. If it got lost, cancel the request and ask again.`
      : `Match code ${matchCode}: tell it to whoever approves, who cannot approve without it.`;
  notes.note(plain(text), { matchCode: matchCode ?? null });
}

/** Reads the grant again. A broker that is unreachable for some minutes does not end the wait. */
function poller(broker: Broker): (grant: Grant) => Promise<Grant> {
  let reachedAt = performance.now();
  return async (grant) => {
    try {
      const now = await broker.get(`/v1/grants/${grant.id}`, grantSchema);
      reachedAt = performance.now();
      return now;
    } catch (error) {
      const unreachable = error instanceof Failure && error.exitCode === EXIT.unreachable;
      if (unreachable && performance.now() - reachedAt < PATIENCE_MS) return grant;
      throw error;
    }
  };
}

function notGranted({ id, status, endReason, approvals }: Grant): Failure {
  const refusal = approvals.votes.findLast(({ vote }) => vote === 'deny');
  const by =
    refusal === undefined
      ? ''
      : ` by ${refusal.approver.name}: ${refusal.comment ?? '(no comment)'}`;
  const why = by === '' && endReason !== null ? `: ${endReason}` : by;
  return new Failure('denied', plain(`${id} was not granted: it is ${status}${why}.`));
}
