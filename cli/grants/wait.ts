import { setTimeout as sleep } from 'node:timers/promises';
import { type Grant, grant as grantSchema } from '../broker/answers.ts';
import type { Broker } from '../broker/client.ts';
import { EXIT, Failure } from '../failure.ts';
import { inJson, notes } from '../notes.ts';
import { plain } from '../terminal.ts';

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
  const line = countdown();
  const poll = poller(broker);
  if (first.status === 'pending') {
    for (const advice of first.decision.advice) notes.note(plain(advice), { advice });
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

/** A line that counts down on a terminal; elsewhere one line for each status. */
function countdown() {
  const live = process.stderr.isTTY === true && !inJson;
  let shown = '';
  const draw = (grant: Grant): void => {
    const text = lineOf(grant);
    if (live) process.stderr.write(`\r\u001b[2K${text}`);
    else if (shown !== grant.status) notes.note(text, { grant });
    shown = grant.status;
  };
  return {
    async tick(grant: Grant, signal: AbortSignal): Promise<void> {
      const until = performance.now() + POLL_MS;
      while (performance.now() < until && !signal.aborted) {
        draw(grant);
        await sleep(live ? 250 : POLL_MS, undefined, { signal }).catch(() => undefined);
      }
    },
    clear(): void {
      if (live && shown !== '') process.stderr.write('\r\u001b[2K');
    },
  };
}

function lineOf({ id, status, approvals, startsAt }: Grant): string {
  if (status === 'scheduled') return `${id} starts in ${left(startsAt)}. Ctrl-C cancels it.`;
  const yes = approvals.votes.filter(({ vote }) => vote === 'approve').length;
  const end = approvals.lapsesAt ? `, ${left(approvals.lapsesAt)} left` : '';
  return `${id} is waiting for approval (${yes} of ${approvals.required}${end}). Ctrl-C cancels it.`;
}

function left(until: string | null): string {
  const seconds = Math.max(0, Math.round((Date.parse(until ?? '') - Date.now()) / 1000)) || 0;
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return parts.map((part) => String(part).padStart(2, '0')).join(':');
}
