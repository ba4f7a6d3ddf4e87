import type { AuditEvent } from '../../core/audit.ts';
import type { Bundle } from '../../core/bundle/bundle.ts';
import type { Call, Idempotency } from '../../core/call.ts';
import type { Grant } from '../../core/grant.ts';
import type { VendPorts } from '../../core/grants/vend-credentials.ts';
import type { CreateRefusal, GrantStore, VendRefusal } from '../../core/ports.ts';
import type { Caller } from '../../core/principal.ts';
import { err, ok } from '../../core/result.ts';
import type { SessionPlan } from '../../core/session.ts';
import { engineOf } from './bundles.ts';

/** What the core's use cases are tested against; the real adapters have their contract tests. */

export const NOW = Date.parse('2026-11-23T10:00:00.500Z');

/** Everything that happened, in order: `create`, `recordVend`, `assumeRole` … */
export type World = {
  readonly ports: VendPorts;
  readonly log: string[];
  readonly grants: Map<string, Grant>;
  readonly events: AuditEvent[];
  readonly plans: SessionPlan[];
  now: number;
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
      it.log.push('create');
      if (it.refuse !== null && it.refuse.code !== 'conflict') return err(it.refuse);
      const used = keyRefusal(idempotency, grant.id);
      if (used !== null) {
        const same = used.fingerprint === idempotency?.fingerprint;
        return err(same ? { code: 'repeated', grantId: used.grantId } : { code: 'key-reused' });
      }
      it.grants.set(grant.id, grant);
      it.events.push(...events);
      return ok(null);
    },
    recordVend: async ({ grant, event }) => {
      it.log.push('recordVend');
      if (it.refuse !== null && it.refuse.code !== 'repeated') return err(it.refuse);
      it.grants.set(grant.id, grant);
      it.events.push(event);
      return ok(null);
    },
    update: async ({ before, grant, events }) => {
      it.log.push('update');
      if (it.grants.get(grant.id)?.version !== before.version) return err({ code: 'conflict' });
      it.grants.set(grant.id, grant);
      it.events.push(...events);
      return ok(null);
    },
    appendEvent: async (event) => {
      it.log.push('appendEvent');
      it.events.push(event);
      return it.refuse === null ? ok(null) : err(UNAVAILABLE);
    },
    find: async (id) => ok(it.grants.get(id) ?? null),
    list: async () => ok({ grants: [...it.grants.values()], next: null }),
    history: async () => {
      it.log.push('history');
      return ok({ denials: 2, entitlements: [] });
    },
    overdueReview: async () => ok(null),
    due: async () => ok([]),
    events: async (id) => ok(it.events.filter(({ grantId }) => grantId === id)),
  };

  const it: World = {
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
      clock: () => it.now,
      random,
      issueSession: async (plan) => {
        it.log.push('assumeRole');
        it.plans.push(plan);
        if (it.stsFails) return err({ reason: 'AccessDenied' });
        const expiration = it.now + plan.durationSeconds * 1000;
        return ok({
          accessKeyId: 'ASIA',
          secretAccessKey: 'SECRET',
          sessionToken: 'TOKEN',
          expiration,
        });
      },
    },
  };
  return it;
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

export const REQUEST = {
  entitlement: 'read',
  parameters: { prefix: 'a' },
  scope: null,
  durationSeconds: 1800,
  startsAt: null,
  justification: 'a test',
  ticket: null,
};

export const CALL: Call = {
  caller: ANA,
  requestId: 'r-1',
  sourceIp: '10.1.2.3',
  idempotency: null,
};

export function callOf(caller: Caller, call: Call = CALL): Call {
  return { ...call, caller };
}
