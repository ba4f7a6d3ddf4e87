import type { Unavailable } from '../failure.ts';
import { addSeconds, type Instant } from '../instant.ts';
import type { GrantStore } from '../ports.ts';
import type { MayBeQuarantined } from '../read-quarantine.ts';
import { err, ok, type Result } from '../result.ts';
import type { SignalEvent, SignalStore } from '../signals/signal-store.ts';
import type { GrantUsage } from '../usage.ts';
import { boundTrails, boundUsage } from './bound-usage.ts';
import { LogsUnavailable, type WhyNot } from './logs-unavailable.ts';
import type { DueGrant, Reading } from './share-readings.ts';
import type { Trail } from './trail.ts';
import type { UsageFold, UsageReading } from './usage-seams.ts';
import type { DueUsage, UsageStore } from './usage-store.ts';
import { type Places, spanOf, windowOf } from './window-of.ts';

export type ReadUsagePorts = MayBeQuarantined & {
  readonly store: Pick<GrantStore, 'find'>;
  readonly usages: Pick<UsageStore, 'begin' | 'due' | 'claim' | 'put' | 'drop'>;
  readonly signals: Pick<SignalStore, 'raise'>;
  readonly reading: UsageReading;
  readonly places: Places;
  readonly clock: () => Instant;
  /** Hears why calls could not be read; nothing of it is secret. */
  readonly report: (failure: NotRead) => void;
};

export type NotRead = WhyNot & { readonly grantIds: readonly string[] };

/** Longer than a pass can take, so that two never read the same. */
const FIRST_PAUSE_SECONDS = 3600;
const LONGEST_PAUSE_SECONDS = 4 * 3600;
/**
 * Trails that cannot be read may be readable an hour later, and files that are late may be there. Then the usage is kept
 * without them, and nothing counts as unused.
 */
const TRIES = 3;

/** When it is tried again, if nothing comes of this try. */
export function nextTry({ attempts }: DueUsage, now: Instant): Instant {
  return addSeconds(now, Math.min(FIRST_PAUSE_SECONDS * 2 ** attempts, LONGEST_PAUSE_SECONDS));
}

export type PassPorts = ReadUsagePorts & {
  readonly requestId: string;
  readonly until: Instant;
  readonly trails: () => Promise<Result<readonly Trail[], Unavailable>>;
};

export type ReadOnce = {
  readonly read: readonly string[];
  readonly failed: readonly string[];
  readonly signals: readonly SignalEvent[];
  /** Of these nothing is left to this pass, or to another one. */
  readonly settled: ReadonlySet<string>;
};

/** Reads the logs once for several grants, and keeps what was called under each. */
export async function readOnce(ports: PassPorts, reading: Reading): Promise<ReadOnce> {
  if (ports.clock() >= ports.until) return { ...NOTHING, settled: new Set() };
  const { mine, taken, failed } = await claimAll(ports, reading);
  const done = mine.length === 0 ? NOTHING : await readMine(ports, { ...reading, grants: mine });
  if (failed.length > 0) ports.report({ ...NOT_WRITTEN, grantIds: failed });
  const settled = new Set([...taken, ...done.settled]);
  return { ...done, failed: [...failed, ...done.failed], settled };
}

const NOTHING: ReadOnce = { read: [], failed: [], signals: [], settled: new Set() };

async function readMine(ports: PassPorts, reading: Reading): Promise<ReadOnce> {
  const done = { read: [] as string[], failed: [] as string[], signals: [] as SignalEvent[] };
  const settled = new Set<string>();
  const folded = await foldReading(ports, reading);
  const trails = folded.ok ? await ports.trails() : null;
  const reasons = new Map<string, WhyNot>();
  for (const one of reading.grants) {
    const usage = folded.ok ? folded.value.usageOf(one.grant) : null;
    const lack = folded.ok ? lackOf(usage, trails) : folded.error;
    if (lack !== null) reasons.set(one.grant.id, lack);
    const isKept = usage !== null && (lack === null || one.due.attempts >= TRIES);
    const put = isKept && trails !== null ? await keep(ports, one, usage, trails) : null;
    if (put?.ok) {
      settled.add(one.grant.id);
      done.signals.push(...put.value.signals);
      if (put.value.put) done.read.push(one.grant.id);
    } else done.failed.push(one.grant.id);
  }
  for (const [why, ids] of Map.groupBy(done.failed, (id) => reasons.get(id) ?? NOT_WRITTEN)) {
    ports.report({ ...why, grantIds: ids });
  }
  return { ...done, settled };
}

const NOT_WRITTEN: WhyNot = { reason: 'not written' };
const NO_VEND: WhyNot = { reason: 'no record of its vend' };
const NO_TRAILS: WhyNot = { reason: 'trails not read' };

/** What is missing although the logs could be read. Without the vend, the calls under its keys are missing as well. */
function lackOf(
  usage: GrantUsage | null,
  trails: Result<readonly Trail[], Unavailable> | null,
): WhyNot | null {
  if (usage?.vends === 0) return NO_VEND;
  return trails?.ok === false ? NO_TRAILS : null;
}

async function claimAll(ports: PassPorts, { grants }: Reading) {
  const now = ports.clock();
  const mine: DueGrant[] = [];
  const taken: string[] = [];
  const failed: string[] = [];
  await Promise.all(
    grants.map(async ({ due, grant }) => {
      const claim = await ports.usages.claim(due, nextTry(due, now));
      if (!claim.ok) failed.push(grant.id);
      else if (claim.value === null) taken.push(grant.id);
      else mine.push({ due: claim.value, grant });
    }),
  );
  return { mine, taken, failed };
}

/** @returns what went wrong, where not all of it could be read. */
async function foldReading(
  { reading, clock, until }: PassPorts,
  { window, grants }: Reading,
): Promise<Result<UsageFold, WhyNot>> {
  const wanted = grants.map(({ grant }) => grant);
  const ids = wanted.map(({ id }) => id);
  const { source } = reading.source;
  try {
    const fold = await reading.beginFold(wanted, { source, window });
    if (!fold.ok) return err({ reason: 'grants not read' });
    for await (const part of reading.source.read(window, ids, until)) {
      if (clock() >= until) return err({ reason: 'out of time' });
      fold.value.add(part);
    }
    return fold;
  } catch (error) {
    if (error instanceof LogsUnavailable) return err(error.why);
    return err({ reason: error instanceof Error ? error.name : 'unknown' });
  }
}

/** Signals come first: raised again they are the same, and after the put nobody would come back to raise them. */
async function keep(
  { reading, usages, signals, places, clock, requestId }: PassPorts,
  { due, grant }: DueGrant,
  usage: GrantUsage,
  trails: Result<readonly Trail[], Unavailable>,
): Promise<
  Result<{ readonly put: boolean; readonly signals: readonly SignalEvent[] }, Unavailable>
> {
  const by = { requestId, at: clock() };
  const { accounts, regions } = windowOf(grant, places);
  const raised: SignalEvent[] = [];
  // Read again, they have the same times: a signal that was raised is not raised again.
  const found = await reading.signals(grant, usage, { requestId, at: due.since });
  if (!found.ok) return found;
  for (const { event, quietSeconds } of found.value) {
    const written = await signals.raise(event, quietSeconds);
    if (!written.ok) return written;
    if (written.value) raised.push(event);
  }
  const kept = {
    ...{ of: spanOf(grant), usage: boundUsage(usage), readAt: by.at, vended: true },
    logs: { accounts, regions, trails: boundTrails(trails.ok ? trails.value : null) },
  };
  const put = await usages.put({ due, grant, kept, event: reading.event(grant, kept, by) });
  return put.ok ? ok({ put: put.value, signals: raised }) : put;
}
