import { type Grant, next, openRolesOf } from '../../core/grant.ts';
import { newGrantId } from '../../core/ids.ts';
import { verify } from '../../core/kill/converge.ts';
import { isUnspared, killSwitchDocument, NOTHING_DENIED } from '../../core/kill/deny-policy.ts';
import { killGrant } from '../../core/kill/kill-grant.ts';
import type { Overflow } from '../../core/kill/ports.ts';
import { cancel, expire, revoke } from '../../core/lifecycle/end.ts';
import { NOT_QUARANTINED } from '../support/quarantine.ts';
import { activeGrant, ROLE } from '../support/sample-grants.ts';
import { Aws, type Session } from './aws.ts';
import { Violation } from './invariants.ts';
import { Kernel } from './kernel.ts';
import { memoryKillStore } from './memory-kill-store.ts';
import { MemoryStore } from './memory-store.ts';

const START = Date.parse('2026-11-23T00:00:00Z');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const REPOSITORIES = 40;

/** How many jobs use one role, for how long, and what IAM is like. */
export type CiLoad = {
  readonly seed: number;
  readonly minutes: number;
  readonly grantsAnHour: number;
  readonly keyMinutes: number;
  /** Grants an hour of one more principal, which releases them within seconds. */
  readonly hogAnHour?: number;
  /** The limit on the room of the kill switch that one principal may need; without it, there is none. */
  readonly killSwitchPercent?: number;
  readonly lag?: number;
  readonly throttles?: number;
  readonly sampleSeconds?: number;
};

export type Sample = {
  readonly denied: number;
  readonly open: number;
  readonly patterns: number;
  readonly except: number;
  readonly characters: number;
};

export type CiFigures = {
  readonly grants: number;
  readonly samples: readonly Sample[];
  readonly writes: number;
  readonly overflows: readonly Overflow[];
  /** From each release until the deny was read back, in seconds. */
  readonly killSeconds: readonly number[];
  /** Sessions of open grants of other principals than the hog that were found denied. */
  readonly strangersDenied: number;
  /** Jobs of the hog, and of others, that the limit refused. */
  readonly refused: { readonly hog: number; readonly others: number };
};

/**
 * Jobs come and go on one role: most release their grant after ten minutes, some use theirs for its whole
 * hour, and some requests wait for votes for hours.
 *
 * @throws Violation if an open grant is denied by its id, a revoked one is not, or IAM's manners freeze
 * the role.
 */
export async function playCi(load: CiLoad): Promise<CiFigures> {
  const play = new Play(load);
  await play.run();
  return play.figures();
}

type Job = { readonly grant: Grant; readonly isHog: boolean };

class Play {
  private readonly load: CiLoad;
  private readonly kernel: Kernel;
  private readonly store = new MemoryStore();
  private readonly aws: Aws;
  private readonly jobs = new Map<string, Job>();
  private readonly samples: Sample[] = [];
  private readonly overflows: Overflow[] = [];
  private readonly killSeconds: number[] = [];
  private strangersDenied = 0;
  private readonly refused = { hog: 0, others: 0 };
  private grants = 0;
  private holders = 0;

  constructor(load: CiLoad) {
    this.load = load;
    this.kernel = new Kernel(load.seed, START);
    this.aws = new Aws(this.kernel);
    this.aws.lag = load.lag ?? 2000;
    this.aws.throttles = load.throttles ?? 0.02;
  }

  async run(): Promise<void> {
    const { kernel, load } = this;
    const end = START + load.minutes * MINUTE;
    kernel.spawn(() => this.arrive(load.grantsAnHour, end, () => this.ordinaryJob()));
    if (load.hogAnHour !== undefined) {
      kernel.spawn(() => this.arrive(load.hogAnHour ?? 0, end, () => this.hogJob()));
    }
    kernel.spawn(() => this.sampleUntil(end));
    await kernel.runUntil(end);
    await this.verifyUnreadable();
  }

  figures(): CiFigures {
    const { grants, samples, overflows, killSeconds, strangersDenied } = this;
    const { refused } = this;
    const counted = { grants, samples, writes: this.aws.putCalls, overflows, killSeconds };
    return { ...counted, strangersDenied, refused };
  }

  private async arrive(anHour: number, end: number, job: () => Promise<void>): Promise<void> {
    const { kernel } = this;
    while (kernel.now < end) {
      await kernel.sleep(-Math.log(1 - kernel.chance()) * (HOUR / anHour));
      kernel.spawn(job);
    }
  }

  private async ordinaryJob(): Promise<void> {
    const { kernel } = this;
    const kind = kernel.chance();
    const key = `acme-app-${String(kernel.between(1, REPOSITORIES)).padStart(16, '0')}`;
    if (this.isRefused(key)) {
      this.refused.others += 1;
      return;
    }
    if (kind < 0.02) return this.waitForVotes(this.request(key, { status: 'pending' }));
    const grant = this.request(key);
    if (kind < 0.07) return this.useUp(grant);
    await kernel.sleep(kernel.between(6 * MINUTE, 14 * MINUTE));
    return this.release(grant);
  }

  private async hogJob(): Promise<void> {
    if (this.isRefused(HOG)) {
      this.refused.hog += 1;
      return;
    }
    const grant = this.request(HOG);
    await this.kernel.sleep(this.kernel.between(500, 3000));
    return this.release(grant);
  }

  private isRefused(principalKey: string): boolean {
    const { store, kernel, load } = this;
    return store.fullSwitch([ROLE], { principalKey }, load.killSwitchPercent, kernel.now) !== null;
  }

  /** The row is written a little after its id was made, as by a slow request. */
  private request(principalKey: string, changes: Partial<Grant> = {}): Grant {
    const { kernel } = this;
    const { now } = kernel;
    const random = (length: number) =>
      Uint8Array.from({ length }, () => Math.floor(kernel.chance() * 256));
    const asked = { createdAt: now, startsAt: now, expiresAt: now + HOUR, principalKey };
    const keys = { keysValidUntil: now + this.load.keyMinutes * MINUTE + 30_000 };
    const vended = changes.status === 'pending' ? {} : keys;
    const grant = activeGrant({ ...asked, ...vended, ...changes, id: newGrantId(random, now) });
    this.grants += 1;
    kernel.spawn(async () => {
      await kernel.sleep(kernel.between(5, 400));
      this.put(grant);
    });
    return grant;
  }

  private put(grant: Grant): void {
    this.store.grants.set(grant.id, grant);
    this.jobs.set(grant.id, { grant, isHog: grant.principalKey === HOG });
  }

  private async waitForVotes(grant: Grant): Promise<void> {
    await this.kernel.sleep(this.kernel.between(HOUR, 4 * HOUR));
    const ended = cancel(grant, 'nobody voted', this.kernel.now);
    if (ended.ok) this.forget(grant.id);
  }

  private async useUp(grant: Grant): Promise<void> {
    await this.kernel.sleep(HOUR + 2000);
    if (expire(grant, this.kernel.now).kind === 'expired') this.forget(grant.id);
  }

  /** The keys were renewed before they ran out, so they live on after the release. */
  private async release(active: Grant): Promise<void> {
    const { kernel, load } = this;
    const at = kernel.now;
    const renewals = Math.floor((at - active.createdAt) / (load.keyMinutes * MINUTE));
    const vendedAt = active.createdAt + renewals * load.keyMinutes * MINUTE;
    const keysValidUntil = vendedAt + load.keyMinutes * MINUTE + 30_000;
    const ended = revoke(next(active, { keysValidUntil }), 'done', at);
    if (!ended.ok) throw new Error(ended.error.detail);
    this.put(ended.value.grant);
    const until = ended.value.grant.kill?.until ?? at;
    await this.kill(active.id);
    this.killSeconds.push((kernel.now - at) / 1000);
    await kernel.sleep(until - kernel.now + 1000);
    await this.kill(active.id);
    this.forget(active.id);
  }

  /** Like the workflow, until the grant is as it should be. */
  private async kill(id: string): Promise<void> {
    for (let attempt = 0; ; attempt += 1) {
      const done = await killGrant(this.ports(), id, 'workflow');
      if (done.ok) {
        this.put(done.value);
        return;
      }
      await this.kernel.sleep(this.kernel.chance() * Math.min(300_000, 1000 * 2 ** attempt));
    }
  }

  private forget(id: string): void {
    this.store.grants.delete(id);
    this.jobs.delete(id);
  }

  private ports() {
    const { kernel, store } = this;
    this.holders += 1;
    return {
      store: store.grantStore(() => kernel.now),
      kills: memoryKillStore(store),
      policies: this.aws.rolePolicies(),
      quarantine: NOT_QUARANTINED,
      clock: () => kernel.now,
      pause: (milliseconds: number) => kernel.sleep(milliseconds),
      reportOverflow: (overflow: Overflow) => this.overflows.push(overflow),
      reportPressure: async () => undefined,
      jitter: () => kernel.chance(),
      recovering: false,
      holder: `writer-${this.holders}`,
      random: (length: number) => new Uint8Array(length),
    };
  }

  private async sampleUntil(end: number): Promise<void> {
    const every = (this.load.sampleSeconds ?? 60) * 1000;
    for (let at = START + every; at < end; at += every) {
      await this.kernel.sleep(at - this.kernel.now);
      this.store.events.length = 0;
      await this.check();
      this.samples.push(this.sample());
    }
  }

  private sample(): Sample {
    const text = this.aws.policies.get(ROLE) ?? '{}';
    const count = (pattern: RegExp) => text.match(pattern)?.length ?? 0;
    const except = text.match(/"StringNotLike":\{[^}]*\}/)?.[0] ?? '';
    const excepted = except.match(/\*\.gr_/g)?.length ?? 0;
    const all = [...this.jobs.values()];
    return {
      denied: all.filter(({ grant }) => grant.kill !== null).length,
      open: all.filter(({ grant }) => openRolesOf(grant).length > 0).length,
      patterns: count(/\*\.gr_/g) - excepted,
      except: excepted,
      characters: text === '{}' ? 0 : text.length,
    };
  }

  private async check(): Promise<void> {
    const { now } = this.kernel;
    const { confirmed } = this.store.switches.get(ROLE) ?? { confirmed: NOTHING_DENIED };
    const unconfirmed = (this.aws.policies.get(ROLE) ?? null) !== killSwitchDocument(confirmed);
    for (const { grant, isHog } of this.jobs.values()) {
      const how = this.aws.denied(sessionOf(grant));
      const isOpen = grant.status === 'active' || grant.status === 'pending';
      // A policy that was not read back yet may spare others than the last one.
      const spared = !unconfirmed && !isUnspared(confirmed, grant);
      if (isOpen && spared && how === 'named')
        violated('I4', 'an open grant is denied by its id', grant);
      if (isOpen && how !== null && !isHog) this.strangersDenied += 1;
      const lives = now < (grant.keysValidUntil ?? 0);
      if (grant.status === 'revoked' && lives && how === null) {
        violated('I5', 'the keys of a revoked grant work', grant);
      }
    }
    if (this.load.hogAnHour !== undefined && this.strangersDenied > 0) {
      throw new Violation('section 7: one principal made the sessions of others useless');
    }
    const freeze = await memoryKillStore(this.store).freezeOf(ROLE);
    if (freeze.ok && freeze.value?.until === null) {
      throw new Violation(`section 7: frozen although IAM works: ${freeze.value.reason}`);
    }
  }

  /** A policy that cannot be read is not written. */
  private async verifyUnreadable(): Promise<void> {
    const { kernel, aws } = this;
    aws.unreadable.add(ROLE);
    const ports = this.ports();
    let puts = 0;
    const put: typeof ports.policies.put = (role, document) => {
      puts += 1;
      return ports.policies.put(role, document);
    };
    kernel.spawn(() => verify({ ...ports, policies: { ...ports.policies, put } }, ROLE));
    await kernel.runUntil(kernel.now + MINUTE);
    if (puts > 0) throw new Violation('section 7: a policy was written unread');
  }
}

const HOG = `acme-hog-${'f'.repeat(16)}`;

function violated(promise: string, what: string, { id, status }: Grant): never {
  throw new Violation(`${promise}: ${what} (${id}, ${status})`);
}

function sessionOf({ id, principalKey, createdAt }: Grant): Session {
  const plan = { sourceIdentity: `${principalKey}.${id}` } as Session['plan'];
  const times = { issuedAt: createdAt, endsAt: createdAt + HOUR, policyEndsAt: createdAt + HOUR };
  return { plan, role: ROLE, ...times, chained: false };
}
