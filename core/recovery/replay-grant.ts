import { type AuditEvent, eventOf, type Initiator, isAppended } from '../audit.ts';
import type { Grant } from '../grant.ts';
import type { RandomBytes } from '../ids.ts';
import type { Instant } from '../instant.ts';
import { awaitsKill, pruned } from '../lifecycle/end.ts';
import { applyEvent, vendedAt } from './apply-event.ts';
import { type EndedGrant, endBecause } from './end-because.ts';
import { makeAgain, UNKNOWN_CODE } from './make-again.ts';
import { isDigest, type Replay, type ReplayPorts, type TrailLine } from './replayed.ts';

/** When, by whom, and with which ids replay ends what it cannot make out. */
export type Ending = {
  readonly now: Instant;
  readonly by: Initiator;
  readonly random: RandomBytes;
};

export type ReplayedGrant = {
  /** Null where nothing is known of it but that it was. */
  readonly grant: Grant | null;
  /** What replay did by itself: the trail has to say it. */
  readonly events: readonly AuditEvent[];
  /** Why people should look at it. */
  readonly flaws: readonly string[];
};

/**
 * The grant as its trail left it. Events say which version they made, so those that the restored grant has are
 * passed over, and a second replay changes nothing. What does not fit ends the grant: it never comes back broader.
 *
 * @param restored The grant of the restored table; null where it has none.
 * @param unreadable What is wrong with entries of it that cannot be read: what they said may have ended it.
 * @param lines Its events in the order of the ledger: at least those that were written after the restore point.
 */
export function replayGrant(
  ports: ReplayPorts,
  restored: Grant | null,
  lines: readonly TrailLine[],
  ending: Ending,
  unreadable: readonly string[] = [],
): ReplayedGrant {
  const known = lines.filter((line): line is AuditEvent => !isDigest(line));
  const begun = restored === null ? beginning(ports, known) : { grant: restored, flaws: [] };
  if (typeof begun === 'string') return { grant: null, events: [], flaws: [begun] };
  const steps = stepsOf(known);
  const replay = steps.reduce((before, step) => takeStep(ports, before, step), begun);
  const { grant, flaws } = withUnplaced(replay, lines);
  const all = { grant, flaws: [...flaws, ...unreadable] };
  return settle(all, steps.at(-1)?.version ?? 0, ending);
}

function beginning(ports: ReplayPorts, events: readonly AuditEvent[]): Replay | string {
  const event = events.find(({ type }) => type === 'requested');
  if (event?.type !== 'requested') return 'the ledger has no record of its request';
  const made = makeAgain(ports, event);
  return made.ok ? made.value : made.error;
}

/** Events that were written with one version of the grant, or while it was the latest. */
type Step = { readonly version: number; readonly events: readonly AuditEvent[] };

/** Clocks differ, so the trail can have a version before the one that it follows. */
function stepsOf(events: readonly AuditEvent[]): readonly Step[] {
  const byVersion = new Map<number, AuditEvent[]>();
  for (const event of events) {
    const { grantVersion: version } = event;
    if (version === undefined) continue;
    byVersion.set(version, [...(byVersion.get(version) ?? []), event]);
  }
  return [...byVersion]
    .toSorted(([a], [b]) => a - b)
    .map(([version, together]) => ({ version, events: together }));
}

function takeStep(ports: ReplayPorts, before: Replay, { version, events }: Step): Replay {
  const made = events.filter((event) => event.type !== 'vended' && !isAppended(event));
  const isNew = version > before.grant.version && made.length > 0;
  const changed = isNew ? changeBy(ports, before, made, version) : before;
  const vends = events.filter(({ type }) => type === 'vended');
  const grant = vends.reduce((was, { at }) => vendedAt(was, at), changed.grant);
  return { ...changed, grant };
}

function changeBy(
  ports: ReplayPorts,
  before: Replay,
  together: readonly AuditEvent[],
  version: number,
): Replay {
  const last = together.at(-1);
  let { grant, flaws } = withPruned(before, version, last?.at ?? 0);
  for (const event of together) {
    const applied = applyEvent(ports, grant, event, together);
    if (applied.ok) grant = applied.value;
    else flaws = [...flaws, applied.error];
  }
  if (last !== undefined && grant.status !== last.status) {
    flaws = [...flaws, `it is ${grant.status}, and was ${last.status} after ${last.type}`];
  }
  return { grant: { ...grant, version }, flaws };
}

/**
 * The one change without an event is that a deny has gone which nothing needed any more. Where replay takes the
 * credentials to live longer, it stays, until its time is over.
 */
function withPruned({ grant, flaws }: Replay, version: number, at: Instant): Replay {
  const missing = version - grant.version - 1;
  if (missing === 0) return { grant, flaws };
  if (missing === 1 && grant.kill !== null && !awaitsKill(grant)) {
    return { grant: pruned(grant, at) ?? grant, flaws };
  }
  return { grant, flaws: [...flaws, `what made it version ${version - 1} is not in the ledger`] };
}

/** Events whose version nobody knows: digests, and those of earlier versions of the broker. */
function withUnplaced({ grant, flaws }: Replay, lines: readonly TrailLine[]): Replay {
  const unplaced = lines.filter((line) => isDigest(line) || line.grantVersion === undefined);
  const vended = unplaced.filter(({ type }) => type === 'vended');
  const others = unplaced.filter((line) => line.type !== 'vended' && !isAppended(line));
  const after = vended.reduce((before, { at }) => vendedAt(before, at), grant);
  const unknown = others.map(({ id, type }) => `its event ${type} (${id}) cannot be replayed`);
  return { grant: after, flaws: [...flaws, ...unknown] };
}

/** Ends what has a flaw, and what waits for a match code that nobody can check any more. */
function settle(replay: Replay, newest: number, ending: Ending): ReplayedGrant {
  const ended = endOf(replay, ending.now);
  if (ended === null) return { ...replay, events: [] };
  // Beyond every version of the ledger, so that no later replay takes an event of it for news.
  const version = Math.max(replay.grant.version, newest) + 1;
  const grant = { ...ended.grant, version };
  const event = eventOf(grant, ended.happening, ending.by, ending.now, ending.random);
  return { grant, events: [event], flaws: replay.flaws };
}

function endOf({ grant, flaws: [flaw] }: Replay, now: Instant): EndedGrant | null {
  if (flaw !== undefined) return endBecause(grant, `recovery: ${flaw}`, now);
  if (grant.status === 'pending' && isUnknown(grant.approvals)) {
    return endBecause(grant, NO_CODE, now);
  }
  if (grant.extension === null || !isUnknown(grant.extension.approvals)) return null;
  const happening = { type: 'extension-refused', reason: NO_CODE } as const;
  return { grant: { ...grant, extension: null }, happening };
}

function isUnknown({ matchCode }: Grant['approvals']): boolean {
  return matchCode?.hash === UNKNOWN_CODE.hash;
}

const NO_CODE = 'recovery: its match code is in no backup; ask again';
