import type { Grant } from '../grant.ts';
import { formatInstant, type Instant } from '../instant.ts';
import { awaitsKill, endedFor } from './end.ts';
import { nextChase } from './reminders.ts';
import { reminderAt } from './review.ts';

/** What the workflow does next with a grant, and how long it may wait for it. */
export type Step = {
  readonly phase: 'votes' | 'start' | 'end' | 'kill' | 'last-key' | 'over';
  readonly grantId: string;
  /** The grant's version that this was read from: a wait begins only if it still holds. */
  readonly version: number;
  /** At least 1, as time-outs must be. */
  readonly seconds: number;
  /** When that is, as RFC 3339; empty where nothing is awaited. */
  readonly until: string;
};

/** Pure: the workflow and the sweep both go by it, and both may ask again at any time. */
export function whereNext(grant: Grant, now: Instant): Step {
  const due = dueAt(grant);
  const seconds = due === null ? 1 : Math.max(1, Math.ceil((due - now) / 1000));
  const until = due === null ? '' : formatInstant(due);
  return { phase: phaseOf(grant), grantId: grant.id, version: grant.version, seconds, until };
}

/** When something is to be done next, whoever does it; null for what is over. */
export function dueAt(grant: Grant): Instant | null {
  switch (phaseOf(grant)) {
    case 'votes':
      return nextChase(grant);
    case 'start':
      return grant.startsAt;
    case 'end':
      return grant.expiresAt === null ? null : endedFor(grant.expiresAt);
    case 'kill':
      return grant.denial?.at ?? 0;
    case 'last-key':
      return grant.denial?.until ?? null;
    case 'over':
      return null;
  }
}

/** When the sweep has to look at a grant at the latest: reviews are due after the workflow is over. */
export function sweepAt(grant: Grant): Instant | null {
  const times = [dueAt(grant), reminderAt(grant)].filter((at) => at !== null);
  return times.length === 0 ? null : Math.min(...times);
}

function phaseOf(grant: Grant): Step['phase'] {
  if (awaitsKill(grant)) return 'kill';
  if (grant.status === 'pending') return 'votes';
  if (grant.status === 'scheduled') return 'start';
  if (grant.status === 'active') return 'end';
  return grant.denial === null ? 'over' : 'last-key';
}
