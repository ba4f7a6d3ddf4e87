import type { AuditEvent, PrincipalEvent } from '../../core/audit.ts';
import type { Bundle } from '../../core/bundle/bundle.ts';
import type { Grant } from '../../core/grant.ts';
import { entryOf } from '../../core/ledger/entry.ts';
import type { Step } from '../../core/lifecycle/next-step.ts';
import type { RecoverPorts, RoleCut } from '../../core/recovery/recover-ports.ts';
import type { Recovery } from '../../core/recovery/recovery.ts';
import type { Tail } from '../../core/recovery/tail.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { memoryKillStore } from '../simulation/memory-kill-store.ts';
import { MemoryStore } from '../simulation/memory-store.ts';

/** A restored table in memory, with a ledger that knows more, and roles with their policies. */
export class RecoveryWorld {
  readonly table = new MemoryStore();
  readonly told: string[] = [];
  readonly workflows = new Map<string, Step>();
  readonly restored: string[] = [];
  readonly cutOffs: string[] = [];
  readonly roleRows = new Map<string, RoleCut>();
  recovery: Recovery | null = null;
  now: number;
  /** What the kill switch says of each role. */
  cut: (role: string) => Result<RoleCut, string> = () => ok({ patterns: [], except: [] });
  placesLeft = 3;
  applied = 0;
  /** Entries that nobody can read, by whose they are. */
  readonly unreadable = new Map<string, Uint8Array>();
  /** How often the quarantine was written down. */
  held = 0;
  private readonly bundles: ReadonlyMap<string, Bundle>;
  private readonly grantEvents: readonly AuditEvent[];
  readonly principalEvents: PrincipalEvent[];

  constructor(
    now: number,
    bundles: readonly Bundle[],
    ledger: {
      readonly ofGrants: readonly AuditEvent[];
      readonly ofPrincipals: readonly PrincipalEvent[];
    },
  ) {
    this.now = now;
    this.bundles = new Map(bundles.map((bundle) => [bundle.hash, bundle]));
    this.grantEvents = ledger.ofGrants;
    this.principalEvents = [...ledger.ofPrincipals];
  }

  ports(): RecoverPorts {
    const clock = () => this.now;
    const store = this.table.grantStore(clock);
    const kills = memoryKillStore(this.table);
    let seed = 0;
    return {
      bundle: [...this.bundles.values()][0] as Bundle,
      deployment: { account: '111122223333', region: 'eu-central-1' },
      readBundle: async (hash) => ok(this.bundles.get(hash) ?? null),
      store,
      principals: this.table.principalStore(),
      kills,
      restore: {
        restore: async ({ before, grant, missing, events }) => {
          if (this.table.grants.get(grant.id)?.version !== before?.version) {
            return err({ code: 'conflict' });
          }
          this.table.grants.set(grant.id, grant);
          const added = [...missing.map(({ event }) => event), ...events];
          this.table.events.push(...added);
          this.restored.push(grant.id);
          return ok(null);
        },
        events: async (events) => {
          const ids = this.table.principalEvents.map(({ id }) => id);
          this.table.principalEvents.push(...events.filter(({ id }) => !ids.includes(id)));
          return ok(null);
        },
      },
      recoveries: {
        read: async () => ok(this.recovery),
        write: async (before, after) => {
          if (before?.revision !== this.recovery?.revision) return err({ code: 'conflict' });
          this.recovery = after;
          return ok(null);
        },
        keepRole: async (_, role, denied) => {
          this.roleRows.set(role, denied);
          return ok(null);
        },
        roles: async (_, after, limit) => {
          const all = [...this.roleRows].map(([role, denied]) => ({ role, ...denied }));
          const sorted = all.toSorted((a, b) => (a.role < b.role ? -1 : 1));
          return ok(sorted.filter(({ role }) => role > after).slice(0, limit));
        },
      },
      applied: {
        write: async () => {
          this.applied += 1;
          return ok(null);
        },
      },
      cutOff: async (role) => {
        const cut = this.cut(role);
        if (cut.ok) this.cutOffs.push(role);
        return cut;
      },
      completePlaces: async () => {
        this.placesLeft -= 1;
        return ok(this.placesLeft <= 0);
      },
      tail: async () => ok(this.tail()),
      startWorkflow: async (step, name) => {
        this.workflows.set(name, step);
      },
      wakeKillSwitch: async ({ grantIds }) => {
        this.told.push(...grantIds);
      },
      holdQuarantine: async () => {
        this.held += 1;
        return true;
      },
      append: async (event) => {
        if (!this.table.principalEvents.some(({ id }) => id === event.id)) {
          this.table.principalEvents.push(event);
        }
        return true;
      },
      clock,
      random: (length) => {
        seed += 1;
        return Uint8Array.from({ length }, (_, at) => (seed * 31 + at * 7) % 256);
      },
    };
  }

  private with(all: ReadonlyMap<string, readonly Uint8Array[]>) {
    const isGrant = (id: string) => id.startsWith('gr_');
    const own = [...this.unreadable].filter(
      ([id]) => all.size > 0 && isGrant(id) === isGrant([...all.keys()][0] ?? ''),
    );
    const merged = new Map(all);
    for (const [id, entry] of own) merged.set(id, [...(merged.get(id) ?? []), entry]);
    return merged;
  }

  private tail(): Tail {
    return {
      entries: this.grantEvents.length + this.principalEvents.length,
      ofGrants: this.with(entriesBy(this.grantEvents, ({ grantId }) => grantId)),
      ofPrincipals: this.with(entriesBy(this.principalEvents, ({ principalId }) => principalId)),
      remarks: [],
    };
  }
}

function entriesBy<Event extends AuditEvent | PrincipalEvent>(
  events: readonly Event[],
  ownerOf: (event: Event) => string,
): ReadonlyMap<string, readonly Uint8Array[]> {
  const sorted = events.toSorted((a, b) => a.at - b.at);
  const found = new Map<string, Uint8Array[]>();
  for (const event of sorted) {
    const { bytes } = entryOf(event, 'events');
    found.set(ownerOf(event), [...(found.get(ownerOf(event)) ?? []), bytes]);
  }
  return found;
}

/** The clock of the simulation has fractions of milliseconds. */
export function inWholes<T>(value: T): T {
  const whole = (_: string, one: unknown) => (typeof one === 'number' ? Math.floor(one) : one);
  return JSON.parse(JSON.stringify(value, whole));
}

/** Every grant as one of its states: a restore shows them at nearly one moment, and is no transaction. */
export function restoreSome(
  table: MemoryStore,
  states: ReadonlyMap<string, readonly Grant[]>,
  choose: (count: number) => number,
): void {
  for (const [id, own] of states) {
    const at = choose(own.length + 1) - 1;
    const grant = own[at];
    if (grant !== undefined) table.grants.set(id, inWholes(grant));
  }
}
