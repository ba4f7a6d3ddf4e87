import { setTimeout as sleep } from 'node:timers/promises';
import { type Grant, grant as grantSchema } from '../broker/answers.ts';
import type { Broker } from '../broker/client.ts';
import { EXIT, Failure } from '../failure.ts';
import { inJson, notes } from '../notes.ts';
import { plain } from '../terminal.ts';

/** Waiting for people, with somebody looking. */

const POLL_MS = 2000;
const PATIENCE_MS = 10 * 60_000;

/**
 * Until the grant is active.
 *
 * @throws Failure: `denied` where somebody said no or nobody came in time, `interrupted` by the signal.
 */
export async function untilActive(
  broker: Broker,
  first: Grant,
  signal: AbortSignal,
): Promise<Grant> {
  const line = countdown();
  const again = poller(broker);
  try {
    for (let grant = first; ; grant = await again(grant)) {
      if (grant.status === 'active') return grant;
      if (grant.status !== 'pending' && grant.status !== 'scheduled') throw over(grant);
      await line.tick(grant, signal);
      if (signal.aborted) throw new Failure('interrupted', 'Interrupted.');
    }
  } finally {
    line.clear();
  }
}

/** Looks again. A network that is away for some minutes does not end a wait of hours. */
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

function over({ id, status, endReason, approvals }: Grant): Failure {
  const said = approvals.votes.findLast(({ vote }) => vote === 'deny');
  const by =
    said === undefined ? '' : ` by ${said.approver.name}: ${said.comment ?? '(no comment)'}`;
  const why = by === '' && endReason !== null ? `: ${endReason}` : by;
  return new Failure('denied', plain(`${id} was not granted: it is ${status}${why}.`));
}

/** One line that counts down on a terminal; elsewhere it is said once. */
function countdown() {
  const live = process.stderr.isTTY === true && !inJson;
  let told = '';
  const draw = (grant: Grant): void => {
    const text = lineOf(grant);
    if (live) process.stderr.write(`\r\u001b[2K${text}`);
    else if (told !== grant.status) notes.tell(text, { grant });
    told = grant.status;
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
      if (live && told !== '') process.stderr.write('\r\u001b[2K');
    },
  };
}

function lineOf({ id, status, approvals, startsAt }: Grant): string {
  if (status === 'scheduled') return `${id} starts in ${left(startsAt)}. Ctrl-C takes it back.`;
  const yes = approvals.votes.filter(({ vote }) => vote === 'approve').length;
  const end = approvals.lapsesAt ? `, ${left(approvals.lapsesAt)} left` : '';
  return `${id} waits for approval (${yes} of ${approvals.required}${end}). Ctrl-C takes it back.`;
}

function left(until: string | null): string {
  const seconds = Math.max(0, Math.round((Date.parse(until ?? '') - Date.now()) / 1000)) || 0;
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return parts.map((part) => String(part).padStart(2, '0')).join(':');
}
