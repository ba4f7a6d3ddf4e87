import { type AppendedType, type AuditEvent, isAppended, isPrincipal } from '../audit.ts';
import type { Grant } from '../grant.ts';
import type { Instant } from '../instant.ts';
import { start } from '../lifecycle/active.ts';
import { awaitsKill, cancel, endEarly, expire, killed, outlived } from '../lifecycle/end.ts';
import { dueReminder } from '../lifecycle/reminders.ts';
import { remindOfReview, review } from '../lifecycle/review.ts';
import { err, ok, type Result } from '../result.ts';
import { latestCredentialEnd } from '../session.ts';
import type { ReplayPorts } from './replayed.ts';
import * as votes from './vote-events.ts';

/** What one event of the trail makes of a grant, by the transitions that made the event. */

type Event<T extends AuditEvent['type']> = AuditEvent & { readonly type: T };
type Applied = Result<Grant, string>;

type Handlers = {
  readonly [T in Exclude<AuditEvent['type'], AppendedType | 'requested' | 'vended'>]: (
    grant: Grant,
    event: Event<T>,
    ports: ReplayPorts,
    together: readonly AuditEvent[],
  ) => Applied;
};

const HANDLERS: Handlers = {
  voted: (grant, event) => whileWaiting(grant, votes.voted(grant, event)),
  'vote-withdrawn': (grant, event) => whileWaiting(grant, votes.withdrawn(grant, event)),
  'vote-voided': (grant, event, _, together) =>
    whileWaiting(grant, votes.voided(grant, event, together)),
  approved: (grant, event, ports) => votes.approved(ports, grant, event),
  denied: (grant, event) =>
    grant.status === 'pending' ? votes.denied(grant, event) : impossible(grant, event),
  'extension-refused': (grant, event) =>
    grant.extension === null ? impossible(grant, event) : votes.denied(grant, event),
  'extension-requested': (grant, event, ports) => votes.extensionRequested(ports, grant, event),
  reminded: (grant, event) => reminder(grant, event),
  escalated: (grant, event) => reminder(grant, event),
  lapsed: (grant, event) => reminder(grant, event),
  started: (grant, event) => found(start(grant, event.at), grant, event),
  extended: (grant, event) => extended(grant, event),
  cancelled: (grant, event) => {
    const ended = cancel(grant, event.reason, event.at);
    return ended.ok ? ok(ended.value.grant) : err(ended.error.detail);
  },
  revoking: (grant, event) => early(grant, event),
  revoked: (grant, event) =>
    awaitsKill(grant) ? found(killed(grant, event.at), grant, event) : early(grant, event),
  killing: (grant, event) => over(grant, event),
  expired: (grant, event) =>
    awaitsKill(grant) ? found(killed(grant, event.at), grant, event) : over(grant, event),
  outlived: (grant, event) => found(outlived(deadBy(grant, event.at), event.at), grant, event),
  reviewed: (grant, event) => reviewed(grant, event),
  'review-reminded': (grant, event) => found(remindOfReview(grant, event.at), grant, event),
};

/** @param together The events that were written with it, in their order. */
export function applyEvent(
  ports: ReplayPorts,
  grant: Grant,
  event: AuditEvent,
  together: readonly AuditEvent[],
): Applied {
  if (event.type === 'requested') return err('it was requested twice');
  if (event.type === 'vended' || isAppended(event)) return ok(grant);
  const handler = HANDLERS[event.type as keyof Handlers] as (
    ...args: [Grant, AuditEvent, ReplayPorts, readonly AuditEvent[]]
  ) => Applied;
  return handler(grant, event, ports, together);
}

/**
 * Credentials that were vended then may live as long as any of that moment. What has ended was ended with its
 * vends in sight: no vend comes after an end.
 */
export function vendedAt(grant: Grant, at: Instant): Grant {
  const { status, expiresAt, keysValidUntil } = grant;
  if ((status !== 'active' && status !== 'scheduled') || expiresAt === null) return grant;
  const end = latestCredentialEnd(grant, at, expiresAt);
  return { ...grant, status: 'active', keysValidUntil: Math.max(end, keysValidUntil ?? 0) };
}

/** Whoever wrote that it ended by itself knew that its credentials were dead, also where replay is less sure. */
function deadBy(grant: Grant, at: Instant): Grant {
  const { keysValidUntil } = grant;
  return keysValidUntil === null
    ? grant
    : { ...grant, keysValidUntil: Math.min(at, keysValidUntil) };
}

function whileWaiting(grant: Grant, applied: Applied): Applied {
  const waits = grant.status === 'pending' || grant.extension !== null;
  return waits ? applied : err(`somebody voted while it was ${grant.status}`);
}

function reminder(grant: Grant, event: Event<'reminded' | 'escalated' | 'lapsed'>): Applied {
  const due = dueReminder(grant, event.at);
  return due.kind === event.type ? ok(due.grant) : impossible(grant, event);
}

function extended(grant: Grant, event: Event<'extended'>): Applied {
  const { status, expiresAt, decision } = event;
  const runs = grant.status === 'active' || grant.status === 'scheduled';
  const goesOn = status === 'active' || status === grant.status;
  if (!runs || !goesOn || expiresAt < (grant.expiresAt ?? 0)) return impossible(grant, event);
  return ok({ ...grant, status, expiresAt, decision, extension: null });
}

function early(grant: Grant, event: Event<'revoking' | 'revoked'>): Applied {
  const runs = grant.status === 'active' || grant.status === 'scheduled';
  if (!runs) return impossible(grant, event);
  const { type, reason, at } = event;
  return ok(endEarly(type === 'revoked' ? deadBy(grant, at) : grant, type, reason, at).grant);
}

function over(grant: Grant, event: Event<'killing' | 'expired'>): Applied {
  const { type, at } = event;
  const ended = expire(type === 'expired' ? deadBy(grant, at) : grant, at);
  return ended.kind === event.type ? ok(ended.grant) : impossible(grant, event);
}

function reviewed(grant: Grant, { actor, comment, at }: Event<'reviewed'>): Applied {
  if (!isPrincipal(actor)) return err('nobody whom an issuer knows has reviewed it');
  // Whether the reviewer was somebody else was known then.
  const done = review(grant, { reviewer: actor, marks: [], comment }, at);
  return done.ok ? ok(done.value) : err(done.error.detail);
}

function found(grant: Grant | null, before: Grant, event: AuditEvent): Applied {
  return grant === null ? impossible(before, event) : ok(grant);
}

function impossible({ status }: Grant, { type }: AuditEvent): Result<never, string> {
  return err(`the event ${type} came while it was ${status}`);
}
