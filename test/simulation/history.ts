import type { Initiator } from '../../core/audit.ts';
import type { Bundle } from '../../core/bundle/bundle.ts';
import type { Call } from '../../core/call.ts';
import type { GrantRequest } from '../../core/deciding/grant-request.ts';
import type { Grant } from '../../core/grant.ts';
import type { ChangePorts } from '../../core/grants/change-grant.ts';
import { cancelGrant, revokeGrant } from '../../core/grants/end-grant.ts';
import { extendGrant } from '../../core/grants/extend-grant.ts';
import { requestGrant } from '../../core/grants/request-grant.ts';
import { reviewGrant } from '../../core/grants/review-grant.ts';
import {
  resumePrincipal,
  revokeAll,
  suspendPrincipal,
} from '../../core/grants/suspend-principal.ts';
import {
  requestAndVend,
  type VendPorts,
  vendCredentials,
} from '../../core/grants/vend-credentials.ts';
import { castVote, withdrawVote } from '../../core/grants/vote-on-grant.ts';
import { verify } from '../../core/kill/converge.ts';
import { killGrant } from '../../core/kill/kill-grant.ts';
import { awaitsKill } from '../../core/lifecycle/end.ts';
import { nextStep, type Step } from '../../core/lifecycle/next-step.ts';
import type { PolicyEngine } from '../../core/ports.ts';
import type { Caller } from '../../core/principal.ts';
import { advance } from '../../core/upkeep/advance.ts';
import { applyBundle } from '../../core/upkeep/apply-bundle.ts';
import { orchestrate } from '../../core/upkeep/orchestrate.ts';
import { sweep } from '../../core/upkeep/sweep.ts';
import { engineOf } from '../support/bundles.ts';
import { Aws } from './aws.ts';
import { AFTER, BEFORE } from './bundles.ts';
import { CALM, unreliable, type Weather } from './faults.ts';
import { Invariants } from './invariants.ts';
import { Crash, Kernel } from './kernel.ts';
import { MemoryStore } from './memory-store.ts';
import { readDefinition, StateMachine, TaskError } from './state-machine.ts';

export const START = Date.parse('2026-11-23T10:00:00Z');
const HOUR = 3_600_000;
const DEFINITION = readDefinition();

/** An administrator's order. */
const BY_ADMIN: Initiator = {
  actor: { type: 'User', id: 'people:admin', name: 'admin' },
  requestId: 'order',
  sourceIp: null,
};
const ENGINES = new Map<Bundle, PolicyEngine>([
  [BEFORE, engineOf(BEFORE)],
  [AFTER, engineOf(AFTER)],
]);

/** One history: the broker's own code in a world that depends only on the seed. */
export class History {
  readonly kernel: Kernel;
  readonly store: MemoryStore;
  readonly aws: Aws;
  readonly workflow: StateMachine;
  readonly invariants: Invariants;
  readonly covered = new Map<string, number>();
  readonly weather: Weather;
  bundle = BEFORE;
  private readonly stream: { grant: Grant; isNew: boolean }[] = [];
  private processes = 0;
  private bytes = 0;
  sweepDown = false;
  private streamMoved: () => void = () => undefined;

  constructor(seed: number) {
    this.kernel = new Kernel(seed, START);
    const bad = this.kernel.chance();
    this.weather = {
      fails: bad < 0.3 ? 0 : 0.04,
      loses: bad < 0.3 ? 0 : 0.03,
      crashes: bad < 0.5 ? 0 : 0.02,
      slow: bad < 0.4 ? 0.01 : 0.05,
    };
    this.store = new MemoryStore((grant, isNew) => {
      this.stream.push({ grant, isNew });
      this.streamMoved();
      this.invariants.onWrite(grant);
    });
    this.aws = new Aws(this.kernel);
    this.aws.late = bad < 0.5 ? 0 : 0.05;
    this.invariants = new Invariants(this);
    const lambdas = {
      '${AdvanceFunctionArn}': (payload: object) => this.twice(() => this.advanceLambda(payload)),
      '${KillFunctionArn}': (payload: object) => this.twice(() => this.killLambda(payload)),
    };
    this.workflow = new StateMachine(this.kernel, DEFINITION, {
      lambdas,
      park: async (grantId, token) => {
        await this.kernel.sleep(this.kernel.between(2, 40));
        return this.store.park(grantId, token);
      },
    });
    this.kernel.spawn(() => this.readStream());
    this.kernel.spawn(() => this.sweeps());
  }

  count(what: string): void {
    this.covered.set(what, (this.covered.get(what) ?? 0) + 1);
  }

  /** The ports of one process: unreliable, and with a clock that is slightly off. */
  ports(weather: Weather = this.weather): VendPorts & ChangePorts {
    const { bundle } = this;
    const skew = this.kernel.between(-800, 800);
    const clock = (): number => this.kernel.now + skew;
    const issuing = { issue: this.aws.issuer() };
    const sts = unreliable(
      this.kernel,
      weather,
      issuing,
      () => ({ reason: 'Throttling' }),
      (fault) => this.count(`sts: ${fault}`),
    );
    return {
      bundle,
      deployment: { account: '111122223333', region: 'eu-central-1' },
      engine: ENGINES.get(bundle) ?? engineOf(bundle),
      store: this.unreliableStore(this.store.grantStore(clock), weather),
      clock,
      random: (length) => this.random(length),
      issueSession: (plan) => {
        this.invariants.onAssumeRole(plan);
        return sts.issue(plan);
      },
    };
  }

  principalPorts(weather: Weather = this.weather) {
    return {
      ...this.ports(weather),
      principals: this.unreliableStore(this.store.principalStore(), weather),
    };
  }

  killPorts(weather: Weather = this.weather) {
    this.processes += 1;
    const { store, clock, random } = this.ports(weather);
    const count = (fault: string) => this.count(`iam: ${fault}`);
    const failure = () => ({ code: 'unavailable', reason: 'Throttling' });
    return {
      store,
      clock,
      random,
      kills: this.unreliableStore(this.store.killStore(), weather),
      policies: unreliable(this.kernel, weather, this.aws.rolePolicies(), failure, count),
      pause: (milliseconds: number) => this.kernel.sleep(milliseconds),
      jitter: () => this.kernel.chance(),
      holder: `process-${this.processes}`,
    };
  }

  request(entitlement: string, more: Partial<GrantRequest> = {}): GrantRequest {
    const durationSeconds = this.kernel.pick([60, 600, 1800, 3600, 7200]);
    const ticket = entitlement === 'glass' ? 'INC-1' : null;
    return {
      entitlement,
      durationSeconds,
      ticket,
      parameters: {},
      scope: null,
      startsAt: null,
      justification: 'a simulation',
      ...more,
    };
  }

  call(caller: Caller, key: string | null = null): Call {
    this.processes += 1;
    const { id } = caller.principal;
    const idempotency = key === null ? null : { principal: id, key, fingerprint: 'same' };
    return { caller, requestId: `r-${this.processes}`, sourceIp: '10.0.0.1', idempotency };
  }

  requestGrant(caller: Caller, request: GrantRequest, key: string | null) {
    return requestGrant(this.ports(), this.call(caller, key), request);
  }

  requestAndVend(caller: Caller, request: GrantRequest, key: string | null) {
    return requestAndVend(this.ports(), this.call(caller, key), request);
  }

  vend(caller: Caller, id: string) {
    return vendCredentials(this.ports(), this.call(caller), id);
  }

  async vote(caller: Caller, id: string, what: 'approve' | 'deny' | 'withdraw') {
    const call = this.call(caller);
    if (what === 'withdraw') return withdrawVote(this.ports(), call, id, null);
    return castVote(this.ports(), call, id, { vote: what, comment: null });
  }

  cancel(caller: Caller, id: string) {
    return cancelGrant(this.ports(), this.call(caller), id, null);
  }

  async revoke(caller: Caller, id: string) {
    const done = await revokeGrant(this.ports(), this.call(caller), id, null);
    if (done.ok && awaitsKill(done.value)) this.wake({ grantIds: [id] });
    return done;
  }

  extend(caller: Caller, id: string) {
    const durationSeconds = this.kernel.pick([600, 3600, 5400, 7200]);
    return extendGrant(this.ports(), this.call(caller), id, {
      durationSeconds,
      justification: 'more',
    });
  }

  review(caller: Caller, id: string) {
    return reviewGrant(this.ports(), this.call(caller), id, null);
  }

  async suspend(principal: string) {
    const done = await suspendPrincipal(
      this.principalPorts(),
      { principal, reason: null },
      BY_ADMIN,
    );
    if (done.ok) {
      this.invariants.onSuspended(principal);
      this.wakeAll(done.value.grants);
    }
    return done;
  }

  resume(principal: string) {
    return resumePrincipal(this.principalPorts(), { principal, reason: null }, BY_ADMIN);
  }

  async revokeAll(principal: string) {
    const done = await revokeAll(this.principalPorts(), { principal, reason: null }, BY_ADMIN);
    if (done.ok) this.wakeAll(done.value.grants);
    return done;
  }

  deploy(): void {
    this.bundle = AFTER;
  }

  calm(): void {
    Object.assign(this.weather, CALM);
    this.aws.late = 0;
    this.aws.broken.clear();
  }

  private wakeAll(grants: readonly Grant[]): void {
    this.wake({ grantIds: grants.filter(awaitsKill).map(({ id }) => id) });
  }

  /** Invokes the kill Lambda asynchronously; the invocation may be lost. */
  private wake(what: { readonly grantIds: readonly string[] } | { readonly role: string }): void {
    if (this.kernel.chance() < this.weather.fails) return;
    this.kernel.spawn(async () => {
      await this.kernel.sleep(this.kernel.between(5, 200));
      if ('grantIds' in what) {
        for (const grantId of what.grantIds) await this.killLambda({ grantId }).catch(swallow);
      } else await verify(this.killPorts(), what.role).catch(swallow);
    });
  }

  /** A step of the workflow, which may run twice, even at the same time. */
  private async twice(step: () => Promise<Step>): Promise<Step> {
    if (this.kernel.chance() < this.weather.fails) {
      this.count('step ran twice');
      this.kernel.spawn(() => step().catch(swallow));
    }
    return step();
  }

  private async advanceLambda(payload: {
    readonly grantId?: string;
    readonly last?: boolean;
  }): Promise<Step> {
    const ports = this.ports();
    const advanced = await advance(ports, payload.grantId ?? '', 'workflow');
    if (!advanced.ok) throw new TaskError('Retryable');
    const step = nextStep(advanced.value.grant, ports.clock());
    if (payload.last && step.phase !== 'over') throw new TaskError('MoreToDo');
    return step;
  }

  private async killLambda({ grantId = '' }: { readonly grantId?: string }): Promise<Step> {
    const ports = this.killPorts();
    const done = await killGrant(ports, grantId, 'workflow');
    if (!done.ok) throw new TaskError('Retryable');
    return nextStep(done.value, ports.clock());
  }

  /** Delivers the stream in order: again after a failure, and sometimes twice. */
  private async readStream(): Promise<void> {
    for (;;) {
      const record = this.stream[0];
      if (record === undefined) {
        await new Promise<void>((moved) => {
          this.streamMoved = moved;
        });
        continue;
      }
      await this.kernel.sleep(this.kernel.between(20, 200));
      const failed = new Error('Throttling');
      const count = (fault: string) => this.count(`stream: ${fault}`);
      const workflow = {
        start: async (step: Step) => this.workflow.start(step),
        signal: async (token: string, step: Step) => this.workflow.signal(token, step),
      };
      const tokens = { parkedToken: async (id: string) => this.store.parked.get(id) ?? null };
      const { weather, kernel } = this;
      try {
        await orchestrate(
          {
            workflow: unreliable(kernel, weather, workflow, () => failed, count),
            parkedToken: unreliable(kernel, weather, tokens, () => failed, count).parkedToken,
            clock: () => kernel.now,
          },
          record,
        );
        if (kernel.chance() >= weather.loses) this.stream.shift();
      } catch (error) {
        if (error !== failed && !(error instanceof Crash)) throw error;
      }
    }
  }

  /** Sweeps every two minutes, or less often while nothing is due. */
  private async sweeps(): Promise<void> {
    for (;;) {
      const due = await this.store
        .grantStore(() => this.kernel.now)
        .due(Number.POSITIVE_INFINITY, 1);
      const first = due.ok ? due.value[0] : undefined;
      const idle = first === undefined && this.store.freezes.size === 0;
      await this.kernel.sleep(idle ? 600_000 : 120_000);
      if (this.sweepDown) continue;
      await this.sweepOnce().catch(swallow);
    }
  }

  private async sweepOnce(): Promise<void> {
    const ports = {
      ...this.ports(),
      applied: this.store.appliedStore(),
      kills: this.unreliableStore(this.store.killStore(), this.weather),
      wakeKillSwitch: async (
        what: { readonly grantIds: readonly string[] } | { readonly role: string },
      ) => this.wake(what),
    };
    const swept = await sweep(ports, 'sweep');
    if (swept.ok && swept.value.repaired.length > 0) this.count('sweep repaired');
    const applied = await applyBundle(ports, 'sweep');
    if (applied.ok) this.wakeAll(applied.value ?? []);
  }

  private unreliableStore<Port extends object>(port: Port, weather: Weather): Port {
    const failure = () => ({ code: 'unavailable', what: 'store' });
    return unreliable(this.kernel, weather, port, failure, (fault) =>
      this.count(`store: ${fault}`),
    );
  }

  private random(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => {
      this.bytes += 1;
      return Math.floor(this.kernel.chance() * 256);
    });
  }
}

export const HOURS = (count: number): number => count * HOUR;

function swallow(error: unknown): Step {
  if (error instanceof Crash || error instanceof TaskError) return undefined as unknown as Step;
  throw error;
}
