import type { AuditEvent } from '../../core/audit.ts';
import type { Bundle } from '../../core/bundle/bundle.ts';
import type { Call } from '../../core/call.ts';
import type { Grant } from '../../core/grant.ts';
import type { VotePorts } from '../../core/grants/complete-quorum.ts';
import type { VendPorts } from '../../core/grants/vend-credentials.ts';
import type {
  CreateRefusal,
  GrantStore,
  PastUse,
  PolicyEngine,
  VendRefusal,
} from '../../core/ports.ts';
import type { Caller } from '../../core/principal.ts';
import type { QuarantineRead } from '../../core/read-quarantine.ts';
import { err, ok } from '../../core/result.ts';
import type { SessionPlan } from '../../core/session.ts';
import { MemoryStore } from '../simulation/memory-store.ts';
import { engineOf } from './bundles.ts';

/**
 * The ports of the core in memory, for tests of its use cases: `world` makes them with a record of
 * what happened. Also their usual callers, request and call. (The real adapters have contract
 * tests.)
 */

export const NOW = Date.parse('2026-11-23T10:00:00.500Z');

/** A broker in memory, with a log of what it did: `create`, `recordVend`, `assumeRole` … */
export type World = {
  readonly ports: VendPorts & VotePorts;
  readonly table: MemoryStore;
  readonly grants: Map<string, Grant>;
  readonly events: AuditEvent[];
  readonly log: string[];
  /** What the policy engine was asked, in order: `request`, `mayVote`, `audit` … */
  readonly questions: string[];
  readonly plans: SessionPlan[];
  /** The time of the clock port, in milliseconds. */
  now: number;
  /** What the store's history says of everybody. */
  past: PastUse;
  /** What the store refuses new grants and vends with; null lets them succeed. */
  refuse: CreateRefusal | VendRefusal | null;
  stsFails: boolean;
  /** What the read of the quarantine says. */
  quarantine: Awaited<ReturnType<QuarantineRead>>;
};

const UNAVAILABLE = { code: 'unavailable', what: 'store' } as const;

export function world(bundle: Bundle): World {
  const table = new MemoryStore();
  const memory = table.grantStore(() => broker.now);
  let seed = 0;
  const random = (length: number) =>
    Uint8Array.from({ length }, () => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
      return seed >>> 16;
    });

  const store: GrantStore = {
    ...memory,
    create: async (write) => {
      broker.log.push('create');
      const { refuse } = broker;
      return refuse === null || refuse.code === 'conflict' ? memory.create(write) : err(refuse);
    },
    recordVend: async (write) => {
      broker.log.push('recordVend');
      const { refuse } = broker;
      return refuse === null || refuse.code === 'repeated' ? memory.recordVend(write) : err(refuse);
    },
    update: async (write) => {
      broker.log.push('update');
      return memory.update(write);
    },
    appendEvent: async (event) => {
      broker.log.push('appendEvent');
      return broker.refuse === null ? memory.appendEvent(event) : err(UNAVAILABLE);
    },
    history: async () => {
      broker.log.push('history');
      return ok(broker.past);
    },
  };

  const broker: World = {
    table,
    grants: table.grants,
    events: table.events,
    log: [],
    questions: [],
    plans: [],
    now: NOW,
    past: { denials: 2, entitlements: [] },
    refuse: null,
    stsFails: false,
    quarantine: ok(null),
    ports: {
      bundle,
      deployment: { account: '111122223333', region: 'eu-central-1' },
      engine: noting(engineOf(bundle), (question) => broker.questions.push(question)),
      quarantine: async () => broker.quarantine,
      store,
      principals: { suspensionOf: table.principalStore().suspensionOf },
      clock: () => broker.now,
      random,
      issueSession: async (plan) => {
        broker.log.push('assumeRole');
        broker.plans.push(plan);
        if (broker.stsFails) return err({ code: 'unavailable', reason: 'AccessDenied' });
        const expiration = broker.now + plan.durationSeconds * 1000;
        return ok({
          accessKeyId: 'ASIA',
          secretAccessKey: 'SECRET',
          sessionToken: 'TOKEN',
          expiration,
        });
      },
    },
  };
  return broker;
}

function noting(engine: PolicyEngine, note: (question: string) => void): PolicyEngine {
  return {
    ask: (action, question) => {
      note(action);
      return engine.ask(action, question);
    },
    mayVote: (question) => {
      note('mayVote');
      return engine.mayVote(question);
    },
    maySee: (principal, question) => {
      note('maySee');
      return engine.maySee(principal, question);
    },
    mayOnEntitlement: (action, ...of) => {
      note(action);
      return engine.mayOnEntitlement(action, ...of);
    },
    mayOnBroker: (action, principal) => {
      note(action);
      return engine.mayOnBroker(action, principal);
    },
  };
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

export const CALL: Call = {
  caller: ANA,
  requestId: 'r-1',
  sourceIp: '10.1.2.3',
  idempotency: null,
};

export function callOf(caller: Caller, call: Call = CALL): Call {
  return { ...call, caller };
}
