import type { AuditEvent, PrincipalEvent } from '../../../core/audit.ts';
import type { Grant } from '../../../core/grant.ts';
import type { Notice } from '../../../core/ledger/record-events.ts';
import { err, ok } from '../../../core/result.ts';
import { type Episode, joinEpisode } from '../../../core/signals/episodes.ts';
import type { SignalEvent } from '../../../core/signals/signal-store.ts';
import type { MissedStatsPorts } from '../../../core/stats/count-missed.ts';
import { MemoryStatsStore } from '../../simulation/memory-stats.ts';

const PAGE = 3;

/** Grants with their trails, as the figures read them. */
export class World {
  now = 0;
  readonly grants = new Map<string, Grant>();
  readonly trail: AuditEvent[] = [];
  readonly others: PrincipalEvent[] = [];
  readonly store: MemoryStatsStore;
  readonly raised: SignalEvent[] = [];
  private readonly episodes = new Map<string, readonly Episode[]>();
  /** Whether the store of grants answers. */
  answers = true;

  constructor(moment?: () => Promise<void>) {
    this.store = new MemoryStatsStore(moment);
  }

  /** Writes the event, and the grant as it leaves it. */
  happens(grant: Grant, event: AuditEvent): Notice {
    this.grants.set(grant.id, grant);
    this.trail.push(event);
    return noticeOf(event);
  }

  ports(): MissedStatsPorts {
    return {
      stats: this.store.port(),
      clock: () => this.now,
      store: {
        find: async (id) =>
          this.answers
            ? ok(this.grants.get(id) ?? null)
            : err({ code: 'unavailable', what: 'store' }),
        list: async ({ status, limit, after }) => {
          const all = [...this.grants.values()].filter((grant) => grant.status === status);
          const from = after === undefined ? 0 : all.findIndex(({ id }) => id === after.id) + 1;
          const grants = all.slice(from, from + Math.min(limit, PAGE));
          const more = from + grants.length < all.length;
          return ok({ grants, next: more ? (grants.at(-1) ?? null) : null });
        },
        signalPast: async () => ok({ denied: [], lapsed: [], cancelled: [], begun: {} }),
        votesOf: async () => ok([]),
      },
      signals: {
        ended: async (how, principal, { from, before }) =>
          ok(
            [...this.grants.values()]
              .filter(({ status, requester }) => status === how && requester.id === principal)
              .map(({ id, createdAt, endedAt }) => ({ at: endedAt ?? createdAt, grantId: id }))
              .filter(({ at }) => at >= from && at < before),
          ),
        refused: async () => ok([]),
        raise: async (event, quietSeconds) => {
          const key = `${event.principalId} ${event.kind}`;
          const joined = joinEpisode(this.episodes.get(key) ?? [], event.at, quietSeconds);
          this.episodes.set(key, joined.episodes);
          if (joined.begins) this.raised.push(event);
          return ok(joined.begins);
        },
      },
      random: (length) => new Uint8Array(length),
      trail: {
        latest: async (grantId, before) => {
          const all = this.trail.filter((one) => one.grantId === grantId).toReversed();
          const from = before === null ? 0 : Number(before);
          const next = from + PAGE < all.length ? String(from + PAGE) : null;
          return ok({ events: all.slice(from, from + PAGE), next });
        },
        ofPrincipal: async ({ id }) => ok(this.others.find((one) => one.id === id) ?? null),
      },
      overdue: {
        between: async function* (this: World, from: number, until: number) {
          const all = [...this.trail, ...this.others].map(noticeOf);
          yield ok(all.filter(({ at }) => at >= from && at < until));
        }.bind(this),
      },
    };
  }
}

export function noticeOf(event: AuditEvent | PrincipalEvent): Notice {
  const { id, at } = event;
  return 'grantId' in event
    ? { id, at, grantId: event.grantId }
    : { id, at, principalId: event.principalId };
}
