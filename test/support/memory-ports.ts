import type { AuditEvent } from '../../core/audit.ts';
import type { Bundle } from '../../core/bundle/bundle.ts';
import type { Grant } from '../../core/grant.ts';
import type { VendPorts } from '../../core/grants/vend-credentials.ts';
import type { CreateRefusal, GrantStore, Idempotency, VendRefusal } from '../../core/ports.ts';
import type { Caller } from '../../core/principal.ts';
import { err, ok } from '../../core/result.ts';
import type { SessionPlan } from '../../core/session.ts';
import { engineOf } from './bundles.ts';

/**
 * The ports of the core in memory, for tests of its use cases: `world` makes them with a record of
 * what happened. Also their usual callers, request and call. (The real adapters have contract
 * tests.)
 */

export const NOW = Date.parse('2026-11-23T10:00:00.500Z');

/**
 * The ports, and what happened: `log` has the calls in order (`create`, `recordVend`, `assumeRole`
 * …).
 */
export type World = {
  readonly ports: VendPorts;
  readonly log: string[];
  readonly grants: Map<string, Grant>;
  readonly events: AuditEvent[];
  readonly plans: SessionPlan[];
  /** The time of the clock port, in milliseconds. */
  now: number;
  /** What the store refuses writes with; null lets them succeed. */
  refuse: CreateRefusal | VendRefusal | null;
  stsFails: boolean;
};

const UNAVAILABLE = { code: 'unavailable', what: 'store' } as const;

export function world(bundle: Bundle): World {
  const keys = new Map<string, { readonly fingerprint: string; readonly grantId: string }>();
  let seed = 0;
  const random = (length: number) =>
    Uint8Array.from({ length }, () => (seed = (seed * 31 + 7) % 251));

  const keyRefusal = (idempotency: Idempotency | null, grantId: string) => {
    if (idempotency === null) return null;
    const id = `${idempotency.principal} ${idempotency.key}`;
    const found = keys.get(id);
    if (found === undefined) keys.set(id, { fingerprint: idempotency.fingerprint, grantId });
    return found ?? null;
  };

  const store: GrantStore = {
    create: async ({ grant, events, idempotency }) => {
      world.log.push('create');
      if (world.refuse !== null && world.refuse.code !== 'conflict') return err(world.refuse);
      const used = keyRefusal(idempotency, grant.id);
      if (used !== null) {
        const same = used.fingerprint === idempotency?.fingerprint;
        return err(same ? { code: 'repeated', grantId: used.grantId } : { code: 'key-reused' });
      }
      world.grants.set(grant.id, grant);
      world.events.push(...events);
      return ok(null);
    },
    recordVend: async ({ grant, event }) => {
      world.log.push('recordVend');
      if (world.refuse !== null && world.refuse.code !== 'repeated') return err(world.refuse);
      world.grants.set(grant.id, grant);
      world.events.push(event);
      return ok(null);
    },
    update: async ({ before, grant, events }) => {
      world.log.push('update');
      if (world.grants.get(grant.id)?.version !== before.version) return err({ code: 'conflict' });
      world.grants.set(grant.id, grant);
      world.events.push(...events);
      return ok(null);
    },
    appendEvent: async (event) => {
      world.log.push('appendEvent');
      world.events.push(event);
      return world.refuse === null ? ok(null) : err(UNAVAILABLE);
    },
    find: async (id) => ok(world.grants.get(id) ?? null),
    list: async () => ok({ grants: [...world.grants.values()], next: null }),
    history: async () => {
      world.log.push('history');
      return ok({ denials: 2, entitlements: [] });
    },
    overdueReview: async () => ok(null),
    due: async () => ok([]),
    events: async (id) => ok(world.events.filter(({ grantId }) => grantId === id)),
  };

  const world: World = {
    log: [],
    grants: new Map(),
    events: [],
    plans: [],
    now: NOW,
    refuse: null,
    stsFails: false,
    ports: {
      bundle,
      deployment: { account: '111122223333', region: 'eu-central-1' },
      engine: engineOf(bundle),
      store,
      clock: () => world.now,
      random,
      issueSession: async (plan) => {
        world.log.push('assumeRole');
        world.plans.push(plan);
        if (world.stsFails) return err({ reason: 'AccessDenied' });
        const expiration = world.now + plan.durationSeconds * 1000;
        return ok({
          accessKeyId: 'ASIA',
          secretAccessKey: 'SECRET',
          sessionToken: 'TOKEN',
          expiration,
        });
      },
    },
  };
  return world;
}

export function person(sub: string, groups: readonly string[] = ['readers']): Caller {
  return {
    principal: {
      type: 'User',
      id: `people:${sub}`,
      issuer: 'people',
      name: `${sub}@acme.example`,
      groups: groups.map((group) => `people:${group}`),
      tags: {},
    },
    authentication: { mfa: false, signedInAt: null },
    claims: {},
  };
}

export const ANA = person('ana');
export const AUDITOR = person('zoe', ['auditors']);

export const REQUEST = {
  entitlement: 'read',
  parameters: { prefix: 'a' },
  scope: null,
  durationSeconds: 1800,
  startsAt: null,
  justification: 'a test',
  ticket: null,
};

export const CALL = { requestId: 'r-1', sourceIp: '10.1.2.3', idempotency: null };
