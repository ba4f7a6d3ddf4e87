import type { Json } from '../api/wire.ts';
import { daysBetween } from '../day.ts';
import type { Outcome } from '../decision.ts';
import { formatInstant } from '../instant.ts';
import type { Stats } from './read-stats.ts';
import { countOf, quantile } from './sketch.ts';
import {
  APPROVE_SECONDS,
  addTallies,
  BREAK_GLASS,
  countIn,
  countsAfter,
  EMPTY_TALLY,
  entitlementCounter,
  outcomeCounter,
  policyCounter,
  REVOKE_MS,
  REVOKED,
  SIGNALS,
  sketchIn,
  type Tally,
  VENDS,
} from './tally.ts';

/** The figures as `GET /v1/stats` answers them. */
export function statsJson(stats: Stats): { readonly [key: string]: Json } {
  const { period, now, bundle, head, days, expiringSoon, suspended, frozenRoles } = stats;
  const { active, pending, reviewsDue } = head.gauges;
  const total = addTallies([...days.values()].map(({ tally }) => tally));
  const due = [...reviewsDue.values()];
  return {
    at: formatInstant(Math.max(head.countedAt ?? 0, head.checkedUntil ?? 0)),
    ...{ bundle, ...period, active, pending },
    expiringSoon: expiringSoon.map(({ id, requester, entitlement, expiresAt }) => ({
      ...{ id, requester: { ...requester }, entitlement },
      expiresAt: formatInstant(expiresAt),
    })),
    outcomes: outcomesOf(total),
    automaticShare: automaticShare(total),
    timeToRevokeMs: summaryOf(total, REVOKE_MS),
    timeToApproveSeconds: summaryOf(total, APPROVE_SECONDS),
    denialsByPolicy: countsAfter(total, policyCounter(''))
      .toSorted(([a, many], [b, more]) => more - many || (a < b ? -1 : 1))
      .map(([policy, count]) => ({ policy, count })),
    entitlements: entitlementsOf(total),
    days: daysBetween(period.from, period.to).map((date) => {
      const tally = days.get(date)?.tally ?? EMPTY_TALLY;
      const counts = { vends: countIn(tally, VENDS), revoked: countIn(tally, REVOKED) };
      return { date, ...outcomesOf(tally), ...counts, signals: countIn(tally, SIGNALS) };
    }),
    signals: total.signals.map(({ kind, principal, at, count }) => ({
      ...{ kind, principal: { ...principal }, at: formatInstant(at), count },
    })),
    breakGlass: {
      used: countIn(total, BREAK_GLASS),
      reviewsDue: due.length,
      overdue: due.filter((at) => at < now).length,
    },
    ...{ suspended, frozenRoles },
  };
}

function outcomesOf(tally: Tally): Readonly<Record<Outcome, number>> {
  return {
    allow: countIn(tally, outcomeCounter('allow')),
    approve: countIn(tally, outcomeCounter('approve')),
    deny: countIn(tally, outcomeCounter('deny')),
  };
}

/** Of all requests, those that needed no human; null where there were none. */
function automaticShare(tally: Tally): number | null {
  const { allow, approve, deny } = outcomesOf(tally);
  const all = allow + approve + deny;
  return all === 0 ? null : Math.round((allow / all) * 1000) / 1000;
}

function summaryOf(tally: Tally, measure: Parameters<typeof sketchIn>[1]) {
  const sketch = sketchIn(tally, measure);
  const count = countOf(sketch);
  const at = (share: number): number | null => {
    const value = quantile(sketch, share);
    return value === null ? null : Math.round(value);
  };
  return { count, p50: at(0.5), p95: at(0.95), max: count === 0 ? null : Math.round(sketch.max) };
}

const KINDS = ['allow', 'approve', 'deny', VENDS] as const;

function entitlementsOf(tally: Tally) {
  const ids = KINDS.flatMap((kind) =>
    countsAfter(tally, entitlementCounter(kind, '')).map(([id]) => id),
  );
  return [...new Set(ids)].toSorted().map((id) => ({
    id,
    ...Object.fromEntries(
      KINDS.map((kind) => [kind, countIn(tally, entitlementCounter(kind, id))]),
    ),
  }));
}
