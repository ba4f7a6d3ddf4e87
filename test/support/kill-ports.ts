import { type Grant, next } from '../../core/grant.ts';
import type { Instant } from '../../core/instant.ts';
import { type KillSwitch, NOTHING_DENIED } from '../../core/kill/deny-policy.ts';
import type { KillGrantPorts } from '../../core/kill/kill-grant.ts';
import type { KillStore, Overflow, RolePolicies } from '../../core/kill/ports.ts';
import type { Pressure } from '../../core/kill/pressure.ts';
import type { GrantStore } from '../../core/ports.ts';
import type { InForce } from '../../core/quarantine.ts';
import { ok } from '../../core/result.ts';
import { memoryKillStore } from '../simulation/memory-kill-store.ts';
import { MemoryStore } from '../simulation/memory-store.ts';
import { activeGrant, ROLE } from './sample-grants.ts';

/** The kill switch's ports in memory. Time moves only when a test moves it, and in a pause. */

export const START = Date.parse('2026-11-23T10:00:00Z');

export type KillWorld = {
  readonly ports: KillGrantPorts;
  readonly store: MemoryStore;
  /** IAM: the text of each role's kill-switch policy. */
  readonly policies: Map<string, string>;
  /** Every text that was put, in order; null for a policy that was removed. */
  readonly writes: (string | null)[];
  /** How long each pause was, in milliseconds. */
  readonly pauses: number[];
  readonly overflows: Overflow[];
  readonly pressures: Pressure[];
  now: Instant;
  jitter: number;
  quarantine: InForce | null;
};

export function killWorld(): KillWorld {
  const store = new MemoryStore();
  let seed = 0;
  const world: KillWorld = {
    store,
    policies: new Map(),
    writes: [],
    pauses: [],
    overflows: [],
    pressures: [],
    now: START,
    jitter: 0.5,
    quarantine: null,
    ports: {
      store: store.grantStore(() => world.now),
      kills: memoryKillStore(store),
      policies: {
        put: async (role, document) => {
          world.writes.push(document);
          world.policies.set(role, document);
          return ok(null);
        },
        remove: async (role) => {
          world.writes.push(null);
          world.policies.delete(role);
          return ok(null);
        },
        read: async (role) => ok(world.policies.get(role) ?? null),
      },
      quarantine: async () => ok(world.quarantine),
      clock: () => world.now,
      pause: async (milliseconds) => {
        world.pauses.push(milliseconds);
        world.now += milliseconds;
      },
      reportOverflow: (overflow) => world.overflows.push(overflow),
      reportPressure: async (pressure) => {
        world.pressures.push(pressure);
      },
      holder: 'us',
      recovering: false,
      jitter: () => world.jitter,
      random: (length) => Uint8Array.from({ length }, () => (seed = (seed * 31 + 7) % 251)),
    },
  };
  return world;
}

/** A switch that denies these grants by their ids. */
export function naming(...ids: readonly string[]): KillSwitch {
  return { ...NOTHING_DENIED, patterns: ids.toSorted() };
}

export function withKills(ports: KillGrantPorts, changes: Partial<KillStore>): KillGrantPorts {
  return { ...ports, kills: { ...ports.kills, ...changes } };
}

export function withPolicies(
  ports: KillGrantPorts,
  changes: Partial<RolePolicies>,
): KillGrantPorts {
  return { ...ports, policies: { ...ports.policies, ...changes } };
}

export function withGrants(ports: KillGrantPorts, changes: Partial<GrantStore>): KillGrantPorts {
  return { ...ports, store: { ...ports.store, ...changes } };
}

/** Stores a grant that is being revoked: its credentials work for half an hour, its deny stays an hour. */
export function revoking({ store, now }: KillWorld, changes: Partial<Grant> = {}): Grant {
  const kill = { roles: [ROLE], at: now, until: now + 3_600_000 };
  const keysValidUntil = now + 1_800_000;
  const before = activeGrant({ keysValidUntil, expiresAt: keysValidUntil });
  const grant = next(before, { status: 'revoking', endReason: 'a test', kill, ...changes });
  store.grants.set(grant.id, grant);
  return grant;
}

/** Stores as many grants that are being revoked; the ids are in the order of their revocation. */
export function revokingMany(world: KillWorld, count: number, at = world.now): readonly string[] {
  const kill = { roles: [ROLE], at, until: at + 3_600_000 };
  return Array.from({ length: count }, () => revoking(world, { kill }).id);
}
