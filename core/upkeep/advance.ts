import { BROKER, eventOf, type Happening } from '../audit.ts';
import type { Failure } from '../failure.ts';
import type { Grant } from '../grant.ts';
import { changeOf } from '../grants/end-grant.ts';
import type { RandomBytes } from '../ids.ts';
import type { Instant } from '../instant.ts';
import { start } from '../lifecycle/active.ts';
import { expire } from '../lifecycle/end.ts';
import { chase } from '../lifecycle/reminders.ts';
import { remindOfReview } from '../lifecycle/review.ts';
import type { GrantStore } from '../ports.ts';
import { err, ok, type Result } from '../result.ts';

export type AdvancePorts = {
  readonly store: Pick<GrantStore, 'find' | 'update'>;
  readonly clock: () => Instant;
  readonly random: RandomBytes;
};

/** Who moves a grant on: the workflow's execution, or the sweep. */
export type Mover = { readonly requestId: string };

export type Advanced = { readonly grant: Grant; readonly happenings: readonly Happening['type'][] };

export type AdvanceFailure =
  | Extract<Failure, { code: 'unavailable' }>
  | { readonly code: 'no-such-grant' | 'conflict' };

/** More than can ever be due on one grant at once. */
const MOST_STEPS = 8;

/**
 * Does what time has made due: reminder, escalation, lapse, start, expiry. Running it again, late, or
 * twice at once changes nothing (I11). Denies are written by `core/kill/`.
 */
export async function advance(
  ports: AdvancePorts,
  grantId: string,
  { requestId }: Mover,
): Promise<Result<Advanced, AdvanceFailure>> {
  const happenings: Happening['type'][] = [];
  for (let step = 0; step < MOST_STEPS; step += 1) {
    const found = await ports.store.find(grantId);
    if (!found.ok) return found;
    const before = found.value;
    if (before === null) return err({ code: 'no-such-grant' });
    const now = ports.clock();
    const due = dueOn(before, now);
    if (due === null) return ok({ grant: before, happenings });
    const cause = { at: now, requestId, sourceIp: null };
    const written = await ports.store.update({
      before,
      grant: due.grant,
      events: [eventOf(due.grant, BROKER, due.happening, cause, ports.random)],
      idempotency: null,
      unsuspended: [],
    });
    if (written.ok) happenings.push(due.happening.type);
    else if (written.error.code === 'unavailable') return err(written.error);
  }
  return err({ code: 'conflict' });
}

type Due = { readonly grant: Grant; readonly happening: Happening };

function dueOn(grant: Grant, now: Instant): Due | null {
  const chased = chase(grant, now);
  if (chased.kind !== 'nothing') return { grant: chased.grant, happening: { type: chased.kind } };
  const ended = expire(grant, now);
  if (ended.kind === 'expired' || ended.kind === 'killing') return changeOf(ended);
  const started = start(grant, now);
  if (started !== null) return { grant: started, happening: { type: 'started' } };
  return reviewReminder(grant, now);
}

function reviewReminder(grant: Grant, now: Instant): Due | null {
  const reminded = remindOfReview(grant, now);
  if (reminded === null || reminded.review === null) return null;
  return { grant: reminded, happening: { type: 'review-reminded', dueAt: reminded.review.dueAt } };
}
