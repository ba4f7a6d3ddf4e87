import { inWords } from '../duration.ts';
import { addSeconds, formatInstant, type Instant, secondsBetween } from '../instant.ts';

/** What in the state of a broker needs a person, and which runbook says what to do. */

export type HealthFacts = {
  readonly now: Instant;
  /** Null where the caller may not read them. */
  readonly figures: {
    /** Until when everything is counted. */
    readonly at: Instant;
    readonly frozenRoles: readonly string[];
    readonly overdueReviews: number;
  } | null;
  /** Null where the caller may not read it. */
  readonly ledger: {
    /** When the newest checkpoint was signed; null before the first. */
    readonly signedAt: Instant | null;
    /** When something happened, as far as the caller knows. */
    readonly events: readonly Instant[];
  } | null;
};

export type Concern = {
  readonly what: 'roles' | 'reviews' | 'figures' | 'ledger' | 'broker' | 'quarantine';
  readonly detail: string;
  readonly runbook: string;
};

export const RUNBOOKS: Readonly<Record<Concern['what'], string>> = {
  roles: 'docs/runbooks/kill-switch-cannot-be-written.md',
  reviews: 'docs/runbooks/break-glass.md',
  figures: 'docs/runbooks/figures.md',
  ledger: 'docs/runbooks/ledger.md',
  broker: 'docs/runbooks/broker-is-down.md',
  quarantine: 'docs/runbooks/quarantine.md',
};

const FIGURES_LATE_SECONDS = 900;
const LEDGER_LATE_SECONDS = 600;
/** An event takes seconds to a checkpoint, and the alarm `LedgerLag` rings after as many. */
const EVENT_LATE_SECONDS = 300;

export function concernsAbout({ now, figures, ledger }: HealthFacts): readonly Concern[] {
  const details: Readonly<Record<Concern['what'], string | null>> = {
    roles: figures && frozen(figures.frozenRoles),
    reviews: figures && overdue(figures.overdueReviews),
    figures: figures && behind(figures.at, now),
    ledger: ledger && unsigned(ledger, now),
    broker: null,
    quarantine: null,
  };
  const all = Object.entries(details) as readonly [Concern['what'], string | null][];
  return all.flatMap(([what, detail]) =>
    detail === null ? [] : [{ what, detail, runbook: RUNBOOKS[what] }],
  );
}

function frozen(roles: readonly string[]): string | null {
  if (roles.length === 0) return null;
  const [which, vend] =
    roles.length === 1 ? ['1 role is', 'It vends'] : [`${roles.length} roles are`, 'They vend'];
  return `${which} frozen: ${roles.join(', ')}. ${vend} nothing, and keys of ended grants may still work.`;
}

function overdue(reviews: number): string | null {
  if (reviews === 0) return null;
  const which = reviews === 1 ? '1 break-glass review is' : `${reviews} break-glass reviews are`;
  return `${which} overdue: valetkey review offers those that you may close.`;
}

function behind(at: Instant, now: Instant): string | null {
  if (at <= 0) return 'Nothing has been counted yet.';
  const age = secondsBetween(at, now);
  if (age <= FIGURES_LATE_SECONDS) return null;
  return `The figures are ${rounded(age)} behind: what happened since ${formatInstant(at)} may be missing.`;
}

/** Whether an event may wait that the newest checkpoint does not cover. */
export function isOldCheckpoint(signedAt: Instant | null, now: Instant): boolean {
  return secondsBetween(signedAt ?? 0, now) > LEDGER_LATE_SECONDS;
}

/** What happened before has been signed, if all is well. */
export function signedBy(now: Instant): Instant {
  return addSeconds(now, -EVENT_LATE_SECONDS);
}

/** A ledger without new events signs nothing, however old its checkpoint is. */
function unsigned(
  { signedAt, events }: NonNullable<HealthFacts['ledger']>,
  now: Instant,
): string | null {
  const waiting = events.filter((at) => at > (signedAt ?? 0) && at < signedBy(now));
  if (!isOldCheckpoint(signedAt, now) || waiting.length === 0) return null;
  const since = formatInstant(Math.min(...waiting));
  return signedAt === null
    ? `The ledger has no checkpoint, although there were events at ${since} and later.`
    : `The newest checkpoint of the ledger is ${rounded(secondsBetween(signedAt, now))} old, although there were events at ${since} and later.`;
}

/** In the two greatest units: `3 h 20 min`, not `3 h 20 min 14 s`. */
export function rounded(seconds: number): string {
  const unit = [86_400, 3600, 60].find((length) => seconds >= length) ?? 1;
  const next = unit === 86_400 ? 3600 : unit === 3600 ? 60 : 1;
  return inWords(Math.max(0, seconds - (seconds % next)));
}
