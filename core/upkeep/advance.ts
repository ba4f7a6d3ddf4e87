import { brokerItself, type Happening } from '../audit.ts';
import type { Unavailable } from '../failure.ts';
import type { Grant } from '../grant.ts';
import { type WritePorts, writeChange } from '../grants/write-change.ts';
import type { Instant } from '../instant.ts';
import { start } from '../lifecycle/active.ts';
import { expire, happeningOf } from '../lifecycle/end.ts';
import { dueReminder } from '../lifecycle/reminders.ts';
import { remindOfReview } from '../lifecycle/review.ts';
import type { GrantStore } from '../ports.ts';
import type { MayBeQuarantined } from '../read-quarantine.ts';
import { err, ok, type Result } from '../result.ts';
import { retryOnConflict } from '../retry-on-conflict.ts';

export type AdvancePorts = WritePorts &
  MayBeQuarantined & {
    readonly store: Pick<GrantStore, 'find' | 'update'>;
    readonly clock: () => Instant;
  };

export type Advanced = {
  readonly grant: Grant;
  readonly happenings: readonly Happening['type'][];
  /** The broker is in quarantine, so nothing more is done. */
  readonly held: boolean;
};

export type AdvanceFailure = Unavailable | { readonly code: 'no-such-grant' | 'conflict' };

/** More steps than can ever be due on one grant at once. */
const MOST_STEPS = 8;

/**
 * Takes every step that time has made due on a grant: reminder, escalation, lapse, start, expiry. It
 * changes nothing when it runs again, late, or twice at once (I11). `core/kill/` writes the denies. In a quarantine it
 * takes no step.
 *
 * @param requestId The workflow's execution or the sweep's invocation, for the audit trail.
 */
export async function advance(
  ports: AdvancePorts,
  grantId: string,
  requestId: string,
): Promise<Result<Advanced, AdvanceFailure>> {
  const happenings: Happening['type'][] = [];
  for (let steps = 0; steps < MOST_STEPS; steps += 1) {
    const quarantine = await ports.quarantine();
    if (!quarantine.ok) return quarantine;
    if (quarantine.value !== null) return asItIs(ports, grantId, happenings);
    const step = await retryOnConflict(() => advanceOnce(ports, grantId, requestId));
    if (!step.ok) return step;
    const { grant, happening } = step.value;
    if (happening === null) return ok({ grant, happenings, held: false });
    happenings.push(happening.type);
  }
  return err({ code: 'conflict' });
}

async function asItIs(
  { store }: AdvancePorts,
  grantId: string,
  happenings: Advanced['happenings'],
): Promise<Result<Advanced, AdvanceFailure>> {
  const found = await store.find(grantId);
  if (!found.ok) return found;
  if (found.value === null) return err({ code: 'no-such-grant' });
  return ok({ grant: found.value, happenings, held: true });
}

type DueStep = { readonly grant: Grant; readonly happening: Happening };

async function advanceOnce(
  ports: AdvancePorts,
  grantId: string,
  requestId: string,
): Promise<Result<DueStep | { readonly grant: Grant; readonly happening: null }, AdvanceFailure>> {
  const found = await ports.store.find(grantId);
  if (!found.ok) return found;
  const before = found.value;
  if (before === null) return err({ code: 'no-such-grant' });
  const at = ports.clock();
  const due = dueStep(before, at);
  if (due === null) return ok({ grant: before, happening: null });
  const by = brokerItself(requestId);
  const written = await writeChange(ports, { before, ...due, by, at });
  return written.ok ? ok(due) : written;
}

function dueStep(grant: Grant, now: Instant): DueStep | null {
  const reminder = dueReminder(grant, now);
  if (reminder.kind !== 'nothing') {
    return { grant: reminder.grant, happening: { type: reminder.kind } };
  }
  const ended = expire(grant, now);
  if (ended.kind === 'expired' || ended.kind === 'killing') {
    return { grant: ended.grant, happening: happeningOf(ended) };
  }
  const started = start(grant, now);
  if (started !== null) return { grant: started, happening: { type: 'started' } };
  const reminded = remindOfReview(grant, now);
  if (reminded === null || reminded.review === null) return null;
  return { grant: reminded, happening: { type: 'review-reminded', dueAt: reminded.review.dueAt } };
}
