import type { Bundle } from '../../core/bundle/bundle.ts';
import type { Grant } from '../../core/grant.ts';
import type { ChangePorts } from '../../core/grants/change-grant.ts';
import type { VendPorts } from '../../core/grants/vend-credentials.ts';
import type { KillStore, Overflow } from '../../core/kill/ports.ts';
import type { GrantStore, PolicyEngine, PrincipalStore } from '../../core/ports.ts';
import { inForce, type Quarantine } from '../../core/quarantine.ts';
import { OLDEST_READ_MS, type QuarantineRead } from '../../core/read-quarantine.ts';
import { ok } from '../../core/result.ts';
import type { OrderPorts, QuarantineStore } from '../../core/upkeep/order-quarantine.ts';
import { engineOf } from '../support/bundles.ts';
import { MemoryQuarantine } from '../support/quarantine.ts';
import { Aws } from './aws.ts';
import { ROOMY, type Versions } from './bundles.ts';
import { CodesKept } from './codes-kept.ts';
import { CutsKept } from './cuts-kept.ts';
import { CALM, unreliable, type Weather } from './faults.ts';
import { Invariants } from './invariants.ts';
import { Kernel } from './kernel.ts';
import { type Fail, LimitsKept } from './limits-kept.ts';
import { memoryKillStore } from './memory-kill-store.ts';
import { MemoryStore } from './memory-store.ts';
import { QuarantineKept } from './quarantine-kept.ts';
import { Transactions } from './transactions.ts';

export const START = Date.parse('2026-11-23T10:00:00Z');
const HOUR = 3_600_000;
export const HOURS = (count: number): number => count * HOUR;

const ENGINES = new Map<Bundle, PolicyEngine>();

function engineFor(bundle: Bundle): PolicyEngine {
  const engine = ENGINES.get(bundle) ?? engineOf(bundle);
  ENGINES.set(bundle, engine);
  return engine;
}

/**
 * Where a history takes place: time, table and AWS, which the broker's processes reach by
 * unreliable ports.
 */
export class World {
  readonly kernel: Kernel;
  readonly store: MemoryStore;
  readonly aws: Aws;
  readonly quarantines = new MemoryQuarantine();
  readonly held: QuarantineKept;
  readonly invariants: Invariants;
  readonly limits: LimitsKept;
  readonly codes: CodesKept;
  readonly cuts: CutsKept;
  readonly weather: Weather;
  /** How often what happened: transitions, faults, … */
  readonly covered = new Map<string, number>();
  /** Every state that each grant ever had, in order. */
  readonly states = new Map<string, Grant[]>();
  /** The records of the table's stream that are not delivered yet. */
  readonly stream: { readonly grant: Grant; readonly isNew: boolean }[] = [];
  /** Called when the stream has a new record. */
  onRecord: () => void = () => undefined;
  bundle: Bundle;
  /** The deployment says that the table was restored; processes that began earlier do not know. */
  recovering = false;
  private readonly versions: Versions;
  private eventsSeen = 0;
  /** Something went wrong, or calls take seconds. */
  faulty: boolean;
  private processes = 0;
  /** What one process read of the quarantine, and when. */
  private lastRead: { readonly at: number; readonly record: Quarantine | null } | null = null;

  constructor(seed: number, versions = ROOMY) {
    this.versions = versions;
    this.bundle = versions.before;
    this.kernel = new Kernel(seed, START);
    const bad = this.kernel.chance();
    this.weather = {
      fails: bad < 0.3 ? 0 : 0.04,
      loses: bad < 0.3 ? 0 : 0.03,
      crashes: bad < 0.5 ? 0 : 0.02,
      slow: bad < 0.2 ? 0 : bad < 0.4 ? 0.01 : 0.05,
    };
    this.faulty = this.weather.slow > 0;
    const onWrite = (grant: Grant, isNew: boolean): void => {
      this.stream.push({ grant, isNew });
      this.states.set(grant.id, [...(this.states.get(grant.id) ?? []), grant]);
      this.onRecord();
      const before = this.invariants.seenBefore(grant.id);
      this.invariants.onWrite(grant);
      const events = this.store.events.slice(this.eventsSeen);
      this.eventsSeen = this.store.events.length;
      const own = events.filter(({ grantId }) => grantId === grant.id);
      this.limits.onWrite(grant, own, this.kernel.now);
      this.held.onWrite(grant, before, own);
      this.codes.onWrite(grant, own);
    };
    this.store = new MemoryStore(onWrite, new Transactions(this.kernel, this.weather));
    this.aws = new Aws(this.kernel);
    this.aws.late = bad < 0.5 ? 0 : 0.05;
    if (this.kernel.chance() < 0.5) Object.assign(this.aws, { lag: 10_000, throttles: 0.2 });
    this.invariants = new Invariants(this);
    const fail: Fail = (...args) => this.invariants.fail(...args);
    this.limits = new LimitsKept(fail);
    this.codes = new CodesKept(fail);
    this.cuts = new CutsKept(this, fail);
    this.held = new QuarantineKept(this, fail);
  }

  count(what: string, times = 1): void {
    this.covered.set(what, (this.covered.get(what) ?? 0) + times);
  }

  /** Nothing went wrong so far: IAM's reads that lag and its throttling are no faults. */
  isOrdinary(): boolean {
    return !this.faulty && this.aws.failedAt.size === 0;
  }

  countFault(what: string): void {
    this.faulty = true;
    this.count(what);
  }

  /** A name for a new process or call. */
  next(kind: string): string {
    this.processes += 1;
    return `${kind}-${this.processes}`;
  }

  /** Deploys the second version of the bundle. */
  deploy(): void {
    this.bundle = this.versions.after;
  }

  /** Ends all faults. */
  calm(): void {
    Object.assign(this.weather, CALM);
    Object.assign(this.aws, { late: 0, lag: 0, throttles: 0 });
    this.aws.broken.clear();
    this.held.onCalm();
  }

  /** The ports of one process: unreliable, and with a clock that is slightly off. */
  ports(): VendPorts & ChangePorts {
    const { bundle, kernel, weather } = this;
    const skew = kernel.between(-800, 800);
    const clock = (): number => kernel.now + skew;
    const issuing = { issue: this.aws.issuer() };
    const failure = () => ({ reason: 'Throttling' });
    const count = (fault: string) => this.countFault(`sts: ${fault}`);
    const sts = unreliable(kernel, weather, issuing, failure, count);
    return {
      bundle,
      deployment: { account: '111122223333', region: 'eu-central-1' },
      engine: engineFor(bundle),
      quarantine: this.quarantineRead(),
      store: this.unreliableStore(this.store.grantStore(clock)),
      clock,
      random: (length) => Uint8Array.from({ length }, () => Math.floor(kernel.chance() * 256)),
      issueSession: (plan) => {
        this.invariants.onAssumeRole(plan);
        this.held.onAssumeRole();
        return sts.issue(plan);
      },
    };
  }

  /** As the adapter does: a record that is at most two seconds old, or a failure. */
  private quarantineRead(): QuarantineRead {
    const { read } = this.unreliableStore({ read: this.quarantines.read });
    const deployed = this.recovering;
    return async () => {
      const { now } = this.kernel;
      const fresh = this.lastRead !== null && now - this.lastRead.at <= OLDEST_READ_MS;
      // Whether it runs where another process has just read it.
      if (fresh && this.kernel.chance() < 0.5)
        return ok(inForce(this.lastRead?.record ?? null, deployed));
      const record = await read();
      if (!record.ok) return record;
      this.lastRead = { at: now, record: record.value };
      return ok(inForce(record.value, deployed));
    };
  }

  /** @param by who gives orders with them */
  orderPorts(by: string): OrderPorts & Pick<VendPorts, 'bundle'> {
    const { clock, random, bundle } = this.ports();
    const write: QuarantineStore['write'] = async (change) => {
      const written = await this.quarantines.write(change);
      if (written.ok) this.held.onRecord(this.quarantines.record, by);
      return written;
    };
    const { read, givenUnder, recoveryGoesOn } = this.quarantines;
    const quarantines = this.unreliableStore({ read, givenUnder, recoveryGoesOn, write });
    return { quarantines, deployed: false, clock, random, bundle };
  }

  principalPorts() {
    const store = this.store.principalStore();
    const finish: PrincipalStore['finish'] = async (open) => {
      const { principal, what, at } = open.order;
      const stands = this.store.suspensions.get(principal)?.at === at;
      if (what === 'suspend' && stands) this.invariants.onSuspended(principal);
      return store.finish(open);
    };
    return { ...this.ports(), principals: this.unreliableStore({ ...store, finish }) };
  }

  killPorts() {
    const { kernel, weather } = this;
    const holder = this.next('process');
    const { store, clock, random, quarantine } = this.ports();
    const count = (fault: string, [role]: readonly unknown[]) => {
      this.countFault(`iam: ${fault}`);
      this.aws.fail(String(role));
    };
    const failure = () => ({ code: 'unavailable', reason: 'TimeoutError' });
    const kills = memoryKillStore(this.store);
    const freeze: KillStore['freeze'] = async (role, what) => {
      if (what.until === null) this.invariants.onTakenForFault(role, 'a freeze');
      const done = await kills.freeze(role, what);
      if (done.ok) this.invariants.onFrozen(role);
      return done;
    };
    const appendEvent: GrantStore['appendEvent'] = (event) => {
      if (event.type === 'kill-failed') this.invariants.onTakenForFault(event.role, 'an alarm');
      return store.appendEvent(event);
    };
    return {
      store: { ...store, appendEvent },
      quarantine,
      clock,
      random,
      kills: this.unreliableStore({ ...kills, freeze }),
      policies: unreliable(kernel, weather, this.aws.rolePolicies(), failure, count),
      pause: (milliseconds: number) => kernel.sleep(milliseconds),
      jitter: () => kernel.chance(),
      recovering: this.recovering,
      reportOverflow: (overflow: Overflow) => {
        this.count('overflow');
        this.invariants.onOverflow(overflow);
      },
      reportPressure: async () => undefined,
      holder,
    };
  }

  unreliableStore<Port extends object>(port: Port): Port {
    const failure = () => ({ code: 'unavailable', what: 'store' });
    const count = (fault: string) => this.countFault(`store: ${fault}`);
    return unreliable(this.kernel, this.weather, port, failure, count);
  }
}
