import { err, ok } from '../../core/result.ts';
import { type CountedAs, NO_GAUGES } from '../../core/stats/gauges.ts';
import type {
  CountedEvent,
  StatsDay,
  StatsHead,
  StatsStore,
} from '../../core/stats/stats-ports.ts';

/** Figures in memory. Calls take a moment, so that writers meet. */
export class MemoryStatsStore {
  head: StatsHead | null = null;
  readonly days = new Map<string, StatsDay>();
  readonly events = new Set<string>();
  readonly grants = new Map<string, CountedAs>();
  /** The ids of the events of each write. */
  readonly written: (readonly string[])[] = [];
  private editions = 1;
  private readonly moment: () => Promise<void>;

  constructor(moment: () => Promise<void> = async () => undefined) {
    this.moment = moment;
  }

  port(): StatsStore {
    return {
      head: async () => {
        await this.moment();
        this.editions += 1;
        const absent = { version: 0, edition: this.editions, gauges: NO_GAUGES };
        return ok(this.head ?? { ...absent, countedAt: null, checkedUntil: null });
      },
      days: async (dates) => {
        await this.moment();
        return ok(new Map([...this.days].filter(([date]) => dates.includes(date))));
      },
      counted: async (events) => {
        await this.moment();
        const marked = events.filter((event) => this.events.has(markOf(event)));
        return ok(new Set(marked.map(({ id }) => id)));
      },
      grants: async (edition, ids) => {
        await this.moment();
        const counted = ids.flatMap((id): [string, CountedAs][] => {
          const as = this.grants.get(`${edition} ${id}`);
          return as === undefined ? [] : [[id, as]];
        });
        return ok(new Map(counted));
      },
      write: async (version, { head, days, events, grants }) => {
        await this.moment();
        if ((this.head?.version ?? 0) !== version) return err({ code: 'conflict' });
        this.head = { ...head, version: version + 1 };
        this.written.push(events.map(({ id }) => id));
        for (const [date, day] of days) this.days.set(date, day);
        for (const event of events) this.events.add(markOf(event));
        for (const [id, as] of grants) this.grants.set(`${head.edition} ${id}`, as);
        await this.moment();
        return ok(null);
      },
    };
  }
}

function markOf({ date, edition, id }: CountedEvent): string {
  return `${date} ${edition} ${id}`;
}
