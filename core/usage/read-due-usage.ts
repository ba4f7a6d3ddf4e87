import type { Unavailable } from '../failure.ts';
import { type Instant, secondsBetween } from '../instant.ts';
import { mayBeQuarantined } from '../read-quarantine.ts';
import { ok, type Result } from '../result.ts';
import type { SignalEvent } from '../signals/signal-store.ts';
import { nextTry, type ReadUsagePorts, readOnce } from './read-once.ts';
import { type DueGrant, shareReadings } from './share-readings.ts';
import type { DueUsage } from './usage-store.ts';
import { hasEnded } from './window-of.ts';

/** What one pass did. */
export type UsagePass = {
  readonly read: readonly string[];
  readonly failed: readonly string[];
  readonly signals: readonly SignalEvent[];
  /** How long the one that is due for longest has been so; 0 where nothing is left. */
  readonly lagSeconds: number;
};

const NOTHING: UsagePass = { read: [], failed: [], signals: [], lagSeconds: 0 };

const MOST_DUE = 200;
/**
 * Reads the calls of grants that are due, and keeps what was found. In a quarantine it does nothing, and everything stays
 * due. A reading is put off before it begins: whatever it fails with, or how long it takes, the others have their turn.
 *
 * @param until When to begin nothing more, and to stop what is being read.
 */
export async function readDueUsage(
  ports: ReadUsagePorts,
  requestId: string,
  until: Instant,
): Promise<Result<UsagePass, Unavailable>> {
  if (await mayBeQuarantined(ports)) return ok(NOTHING);
  const now = ports.clock();
  const begun = await ports.usages.begin(now);
  if (!begun.ok) return begun;
  const due = await ports.usages.due(now, MOST_DUE);
  if (!due.ok) return due;
  const { found, failed } = await findGrants(ports, due.value, now);
  const pass = { read: [] as string[], failed: [...failed], signals: [] as SignalEvent[] };
  const left = new Set(due.value.filter(({ grantId }) => failed.includes(grantId)));
  const trails = onceOnly(ports.reading.trails.trails);
  for (const reading of shareReadings(found, ports.places, ports.reading.source.source)) {
    const done = await readOnce({ ...ports, requestId, until, trails }, reading);
    pass.read.push(...done.read);
    pass.failed.push(...done.failed);
    pass.signals.push(...done.signals);
    for (const { due: one } of reading.grants) {
      if (!done.settled.has(one.grantId)) left.add(one);
    }
  }
  return ok({ ...pass, lagSeconds: lagOf([...left], now) });
}

function lagOf(left: readonly DueUsage[], now: Instant): number {
  return left.reduce((most, { since }) => Math.max(most, secondsBetween(since, now)), 0);
}

/** The grants of what is due. One that cannot be read is put off, and holds up no other. */
async function findGrants(
  ports: ReadUsagePorts,
  due: readonly DueUsage[],
  now: Instant,
): Promise<{ readonly found: readonly DueGrant[]; readonly failed: readonly string[] }> {
  const found: DueGrant[] = [];
  const failed: string[] = [];
  await Promise.all(
    due.map(async (one) => {
      const grant = await ports.store.find(one.grantId);
      if (!grant.ok) {
        failed.push(one.grantId);
        await ports.usages.claim(one, nextTry(one, now));
      } else if (grant.value === null || !hasEnded(grant.value)) {
        await ports.usages.drop(one);
      } else found.push({ due: one, grant: grant.value });
    }),
  );
  if (failed.length > 0) ports.report({ reason: 'grants not read', grantIds: failed });
  return { found, failed };
}

/** Also what failed is not tried again in the same pass. */
function onceOnly<T>(read: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null;
  return () => {
    made ??= read();
    return made;
  };
}
