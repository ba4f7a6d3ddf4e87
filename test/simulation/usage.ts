import type { AuditEvent } from '../../core/audit.ts';
import type { Grant } from '../../core/grant.ts';
import { ok } from '../../core/result.ts';
import { LogsUnavailable } from '../../core/usage/logs-unavailable.ts';
import { noteEnded } from '../../core/usage/note-ended.ts';
import { readDueUsage } from '../../core/usage/read-due-usage.ts';
import type { ReadUsagePorts } from '../../core/usage/read-once.ts';
import type { ReadPart } from '../../core/usage/usage-ports.ts';
import type { UsageReading } from '../../core/usage/usage-seams.ts';
import { MemoryUsage } from '../support/memory-usage.ts';
import { IN_FORCE } from '../support/quarantine.ts';
import { activeGrant, expiredEvent, NOW } from '../support/sample-grants.ts';
import { grantUsage, TRAIL } from '../support/sample-usage.ts';
import { CALM, unreliable, type Weather } from './faults.ts';
import { Crash, Kernel } from './kernel.ts';

/** Grants end, notices come late and more than once, logs are late, calls fail, and passes overlap or crash. */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const GRANTS = 40;
const PASS_EVERY = 15 * MINUTE;
const PASS_MS = 14 * MINUTE;
/** A vend that the logs never have. */
const NEVER = Number.POSITIVE_INFINITY;
const UNAVAILABLE = { code: 'unavailable', what: 'store' } as const;
const FILE: ReadPart = { kind: 'file', name: 'a.json.gz', bytes: 10, records: 1 };

/** What came of it. */
export type UsageHistory = {
  readonly grants: readonly Grant[];
  readonly usages: MemoryUsage;
  /** When the logs have the vends of a grant. */
  readonly inLogs: ReadonlyMap<string, number>;
  /** When somebody looked for the calls of a grant. */
  readonly looks: { readonly grantId: string; readonly at: number }[];
  readonly puts: { readonly grantId: string; readonly attempts: number }[];
  readonly quarantine: { readonly from: number; readonly until: number };
  /** How often what happened that is not an ordinary day. */
  readonly faults: Map<string, number>;
};

/** A day of bad weather, and three of calm. */
export async function simulateUsage(seed: number): Promise<UsageHistory> {
  const kernel = new Kernel(seed, NOW);
  const weather: Weather = { fails: 0.1, loses: 0.1, crashes: 0.03, slow: 0.05 };
  const history = begun(kernel);
  const ports = portsOf(kernel, weather, history);
  for (const grant of history.grants) kernel.spawn(() => notices(kernel, ports, grant));
  for (let at = 0; at < 4 * DAY; at += PASS_EVERY) {
    kernel.spawn(() => pass(kernel, ports, at));
    // Lambda may deliver an asynchronous event twice.
    if (kernel.chance() < 0.2) kernel.spawn(() => pass(kernel, ports, at + kernel.between(0, 500)));
  }
  await kernel.runUntil(NOW + DAY);
  Object.assign(weather, CALM);
  await kernel.runUntil(NOW + 4 * DAY);
  return history;
}

function begun(kernel: Kernel): UsageHistory {
  const grants = Array.from({ length: GRANTS }, () => endedGrant(kernel));
  const from = NOW + kernel.between(0, 20) * HOUR;
  return {
    grants,
    usages: new MemoryUsage(() => kernel.now),
    inLogs: new Map(grants.map(({ id, endedAt }) => [id, (endedAt ?? 0) + lateness(kernel)])),
    ...{ looks: [], puts: [], faults: new Map() },
    quarantine: { from, until: from + kernel.between(0, 3) * HOUR },
  };
}

function endedGrant(kernel: Kernel): Grant {
  const startsAt = NOW + kernel.between(0, 12 * 60) * MINUTE;
  const endedAt = startsAt + kernel.between(5, 120) * MINUTE;
  const vended = kernel.chance() < 0.9;
  const keysValidUntil = vended ? endedAt + kernel.between(-20, 60) * MINUTE : null;
  return activeGrant({ status: 'expired', createdAt: startsAt, startsAt, endedAt, keysValidUntil });
}

function lateness(kernel: Kernel): number {
  const draw = kernel.chance();
  return draw < 0.1 ? NEVER : draw < 0.3 ? kernel.between(1, 6) * HOUR : 5 * MINUTE;
}

type Ports = ReadUsagePorts & Parameters<typeof noteEnded>[0];

function portsOf(kernel: Kernel, weather: Weather, history: UsageHistory): Ports {
  const { usages, grants, puts, quarantine, faults } = history;
  const count = (what: string): void => {
    faults.set(what, (faults.get(what) ?? 0) + 1);
  };
  const faulty = <Port extends object>(port: Port): Port =>
    unreliable(kernel, weather, port, () => UNAVAILABLE, count);
  const known = new Map(grants.map((grant) => [grant.id, grant]));
  const { begin, due, claim, drop, await: awaits, keepUnused } = usages;
  const put: MemoryUsage['put'] = async (write) => {
    const done = await usages.put(write);
    if (done.ok && done.value) puts.push({ grantId: write.grant.id, attempts: write.due.attempts });
    return done;
  };
  return {
    ...faulty({ quarantine: async () => ok(isHeld(quarantine, kernel.now) ? IN_FORCE : null) }),
    store: faulty({ find: async (id: string) => ok(known.get(id) ?? null) }),
    usages: faulty({ begin, due, claim, drop, await: awaits, keepUnused, put }),
    signals: faulty({ raise: async () => ok(true) }),
    reading: { ...readingOf(kernel, weather, history, count), trails: faulty({ trails }) },
    places: { accounts: null, regions: null },
    ...{ clock: () => kernel.now, report: ({ reason }) => count(reason) },
  };
}

const trails = async () => ok([TRAIL]);

export function isHeld({ from, until }: UsageHistory['quarantine'], at: number): boolean {
  return at >= from && at < until;
}

function readingOf(
  kernel: Kernel,
  weather: Weather,
  { inLogs, looks }: UsageHistory,
  count: (what: string) => void,
): Omit<UsageReading, 'trails'> {
  const underway = new Set<string>();
  return {
    source: {
      source: 'files',
      read: async function* (_window, needles) {
        const mine = needles ?? [];
        for (const grantId of mine) {
          looks.push({ grantId, at: kernel.now });
          if (underway.has(grantId)) count('read by two at once');
          underway.add(grantId);
        }
        try {
          for (let files = kernel.between(1, 5); files > 0; files -= 1) {
            await kernel.sleep(kernel.between(100, 5 * MINUTE));
            if (kernel.chance() < weather.fails) throw new LogsUnavailable('no');
            yield FILE;
          }
        } finally {
          for (const grantId of mine) underway.delete(grantId);
        }
      },
    },
    beginFold: async () => {
      const begins = kernel.now;
      const vends = (grant: Grant) => ((inLogs.get(grant.id) ?? NEVER) <= begins ? 1 : 0);
      return ok({
        add: () => undefined,
        usageOf: (grant) => grantUsage(grant, { vends: vends(grant) }),
      });
    },
    event: (grant, { readAt }): AuditEvent => ({ ...expiredEvent(grant), at: readAt }),
    signals: async () => ok([]),
  };
}

/** As a queue delivers them: at least once, and again until it was noted. */
async function notices(kernel: Kernel, ports: Ports, { id, endedAt }: Grant): Promise<void> {
  await kernel.sleep((endedAt ?? NOW) - kernel.now);
  for (let times = kernel.between(1, 3); times > 0; ) {
    await kernel.sleep(kernel.between(100, 5 * MINUTE));
    const noted = await noteEnded(ports, id).catch(unlessCrash);
    if (noted?.ok === true) times -= 1;
  }
}

function unlessCrash(error: unknown): null {
  if (error instanceof Crash) return null;
  throw error;
}

async function pass(kernel: Kernel, ports: Ports, at: number): Promise<void> {
  await kernel.sleep(at);
  await readDueUsage(ports, `r-${at}`, kernel.now + PASS_MS);
}
