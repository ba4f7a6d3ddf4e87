import type { Grant } from '../grant.ts';
import { addSeconds, formatInstant, type Instant } from '../instant.ts';
import { awaitsKill, reportableEnd } from './end.ts';
import { nextReminderAt } from './reminders.ts';
import { reminderAt } from './review.ts';

/** What the workflow does next with a grant, and how long it waits before that. */
export type Step = {
  readonly phase: 'votes' | 'start' | 'end' | 'kill' | 'last-key' | 'quarantine' | 'over';
  readonly grantId: string;
  /** The version that the step was read from: a wait begins only while it is the current one. */
  readonly version: number;
  /** At least 1, because a time-out must be. */
  readonly seconds: number;
  /** The end of the wait as RFC 3339; empty where there is none. */
  readonly until: string;
  /** How many steps the workflow has taken since a wait last ended with a signal. It gives up at 20. */
  readonly again: number;
  /** How long it pauses before it looks again where the wait cannot begin. */
  readonly pause: number;
};

/** How long the workflow waits in a quarantine before it looks whether it is over. */
const QUARANTINE_SECONDS = 300;

/**
 * The workflow and the sweep both follow it, and may ask again at any time.
 *
 * @param held Whether the broker is in quarantine: then what is due waits, but what must be denied does not.
 */
export function nextStep(grant: Grant, now: Instant, held = false): Step {
  const due = dueAt(grant);
  const seconds = due === null ? 1 : Math.max(1, Math.ceil((due - now) / 1000));
  const until = due === null ? '' : formatInstant(due);
  const { id: grantId, version } = grant;
  const step = { phase: phaseOf(grant), grantId, version, seconds, until, again: 0, pause: 0 };
  const waits = held && due !== null && due <= now && step.phase !== 'kill';
  return waits ? { ...step, phase: 'quarantine', seconds: QUARANTINE_SECONDS } : step;
}

const LONGEST_PAUSE_SECONDS = 300;

/**
 * The same step, one later than `before`. A version that has changed meanwhile costs no pause; a wait that
 * cannot begin, because the table refuses the token, must not fill the execution's history. What is due is
 * not late for that: chained sessions live until their end is carried out. A quarantine may last, so no wait in it
 * counts.
 */
export function stepAfter(before: Partial<Step> | undefined, step: Step): Step {
  if (step.phase === 'quarantine') return step;
  const again = (before?.again ?? 0) + 1;
  const longest = step.until === '' ? LONGEST_PAUSE_SECONDS : step.seconds;
  return { ...step, again, pause: Math.min(LONGEST_PAUSE_SECONDS, longest, 2 ** (again - 1) - 1) };
}

/** When the next step is due; null for a grant that is over. */
export function dueAt(grant: Grant): Instant | null {
  switch (phaseOf(grant)) {
    case 'votes':
      return nextReminderAt(grant);
    case 'start':
      return grant.startsAt;
    case 'end':
      return grant.expiresAt === null ? null : reportableEnd(grant.expiresAt);
    case 'kill':
      return grant.kill?.at ?? 0;
    case 'last-key':
      return grant.kill === null ? null : pruneAt(grant.id, grant.kill.until);
    case 'over':
      return null;
  }
}

/**
 * A deny may stay for longer, and the grants of many jobs that began together would be pruned in the same second: each
 * has a moment of its own within a minute, so that vends and revocations keep their concurrency.
 */
const PRUNED_WITHIN_SECONDS = 60;

function pruneAt(grantId: string, until: Instant): Instant {
  const second = [...grantId].reduce(
    (sum, character) => (sum * 31 + character.charCodeAt(0)) % PRUNED_WITHIN_SECONDS,
    0,
  );
  return addSeconds(until, second);
}

/** When the sweep must look at a grant at the latest. Reviews are due after the workflow has ended. */
export function sweepAt(grant: Grant): Instant | null {
  const times = [dueAt(grant), reminderAt(grant)].filter((at) => at !== null);
  return times.length === 0 ? null : Math.min(...times);
}

function phaseOf(grant: Grant): Exclude<Step['phase'], 'quarantine'> {
  if (awaitsKill(grant)) return 'kill';
  if (grant.status === 'pending') return 'votes';
  if (grant.status === 'scheduled') return 'start';
  if (grant.status === 'active') return 'end';
  return grant.kill === null ? 'over' : 'last-key';
}
