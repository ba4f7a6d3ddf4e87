import type { AuditEvent } from '../../core/audit.ts';
import { openCheckpoint } from '../../core/ledger/checkpoint.ts';
import { type MissedPorts, recordMissed } from '../../core/ledger/find-missed.ts';
import type { Broken, LedgerFiles } from '../../core/ledger/ledger-ports.ts';
import { rootOf } from '../../core/ledger/merkle.ts';
import {
  type Notice,
  type Recorded,
  type RecordFailure,
  recordEvents,
} from '../../core/ledger/record-events.ts';
import { EMPTY_TAIL, grow, type Tail, treeOf } from '../../core/ledger/tail.ts';
import { decodeBundle, TILE_WIDTH, tilePath } from '../../core/ledger/tiles.ts';
import { verifyLog } from '../../core/ledger/verify-log.ts';
import { whyRefused } from '../../core/recovery/ledger-recovery.ts';
import { recoverLedger } from '../../core/recovery/recover-ledger.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { CALM, unreliable, type Weather } from './faults.ts';
import { Violation } from './invariants.ts';
import { Crash, Kernel } from './kernel.ts';
import {
  MemoryLedgerFiles,
  MemoryLedgerStore,
  MemoryMarks,
  memorySigner,
} from './memory-ledger.ts';
import { MemoryTrail } from './memory-trail.ts';

/**
 * An hour of the ledger: notices of events come in any order, at least once or never; what none came for is
 * found by the look of every few minutes. Everything fails, crashes and runs twice; the table may be restored to an
 * earlier moment. Throws a {@link Violation} if the log is ever not one log.
 */

const MINUTE = 60_000;
const QUEUES = 3;
const GRANTS = 12;
/** Of the items of a backup, in milliseconds: more than of any real one. */
const SKEW = 8000;
const UNAVAILABLE = { code: 'unavailable' };

export type PlayedLedger = {
  readonly entries: number;
  readonly checkpoints: number;
  readonly faults: ReadonlyMap<string, number>;
};

export async function playLedger(seed: number): Promise<PlayedLedger> {
  const world = new LedgerWorld(seed);
  await world.run();
  return world.verified();
}

type LedgerWorldPorts = MissedPorts & { readonly life: number };

class LedgerWorld {
  private readonly kernel: Kernel;
  private readonly weather: Weather;
  private readonly table: MemoryLedgerStore;
  private readonly bucket = new MemoryLedgerFiles();
  private marks = new MemoryMarks();
  /** Nothing gets into the bucket. */
  private isBucketShut = false;
  /** Signed before the table was lost. */
  private before: string | null = null;
  private readonly signed: string[] = [];
  private readonly faults = new Map<string, number>();
  /** What happened, in order. */
  private readonly trail: MemoryTrail;
  /** Processes of an earlier table end with it. */
  private life = 0;
  private isRecovering = false;
  private full = EMPTY_TAIL;

  constructor(seed: number) {
    this.kernel = new Kernel(seed, 0);
    const { kernel } = this;
    this.table = new MemoryLedgerStore(() => kernel.now);
    this.trail = new MemoryTrail(() => kernel.now);
    const bad = kernel.chance() < 0.8;
    this.weather = bad ? { fails: 0.03, loses: 0.03, crashes: 0.02, slow: 0.01 } : { ...CALM };
  }

  async run(): Promise<void> {
    const { kernel } = this;
    const gap = kernel.pick([1200, 8000, 30_000]);
    kernel.spawn(() => this.happen(gap));
    for (let queue = 0; queue < QUEUES; queue += 1) kernel.spawn(() => this.deliver(queue));
    for (let minute = 2; minute < 20; minute += 3) {
      kernel.spawn(() => this.at(minute * MINUTE, () => this.look()));
    }
    const lot = kernel.chance();
    const start = kernel.between(1, 8) * MINUTE;
    if (lot < 0.3) kernel.spawn(() => this.at(start, () => this.restoreLater()));
    else if (lot < 0.8) kernel.spawn(() => this.at(start, () => this.lose()));
    await kernel.runUntil(20 * MINUTE);
    Object.assign(this.weather, CALM);
    // What is younger than the grace of the first look is overdue by the second.
    kernel.spawn(() => this.look());
    kernel.spawn(() => this.at(25 * MINUTE, () => this.look()));
    await kernel.runUntil(40 * MINUTE);
  }

  private async at(time: number, act: () => Promise<void>): Promise<void> {
    await this.kernel.sleep(time + this.kernel.between(0, MINUTE));
    await act();
  }

  private async happen(gap: number): Promise<void> {
    const { kernel } = this;
    while (kernel.now < 15 * MINUTE) {
      await kernel.sleep(kernel.between(0, 2 * gap));
      const pad = 'x'.repeat(kernel.between(0, 40));
      this.trail.happen(`gr_${kernel.between(1, GRANTS)}`, kernel.now, pad);
    }
  }

  /**
   * A queue repeats a batch until it is through, and sometimes once more; some batches get lost, or all. In a
   * batch, notices are in no order.
   */
  private async deliver(queue: number): Promise<void> {
    const { kernel } = this;
    const losses = kernel.chance() < 0.2 ? 1 : 0.02;
    let next = 0;
    while (kernel.now < 19 * MINUTE) {
      await kernel.sleep(kernel.between(1000, kernel.chance() < 0.02 ? 400_000 : 10_000));
      const waiting = this.trail.notices.filter((_, at) => at % QUEUES === queue).slice(next);
      const batch = waiting.slice(0, kernel.between(1, 150)).toReversed();
      const lost = kernel.chance() < losses;
      if (batch.length === 0 || (!lost && !(await this.deliverBatch(batch)))) continue;
      if (kernel.chance() < 0.9) next += batch.length;
    }
  }

  private deliverBatch(batch: readonly Notice[]): Promise<boolean> {
    return this.invoke((ports) => recordEvents(ports, batch), batch);
  }

  private async look(): Promise<void> {
    const find = (): Promise<boolean> =>
      this.invoke((ports) => recordMissed(ports, this.kernel.now), []);
    while (!(await find())) await this.kernel.sleep(5000);
  }

  private async restoreLater(): Promise<void> {
    const restore = this.table.saved();
    await this.kernel.sleep(this.kernel.between(1, 6) * MINUTE);
    this.life += 1;
    this.count('restored table');
    restore();
  }

  /** The table is lost and comes back as it was, each item at its own moment; the recovery brings it up to the files. */
  private async lose(): Promise<void> {
    const { kernel } = this;
    const shut = kernel.chance() < 0.7;
    this.isBucketShut = shut;
    await kernel.sleep(kernel.between(0, 2 * MINUTE));
    this.isBucketShut = false;
    this.before = this.bucket.checkpoints.at(-1) ?? null;
    if (this.before === null) return;
    this.life += 1;
    this.count('lost table');
    const point = kernel.now - kernel.between(0, shut ? SKEW : 6 * MINUTE);
    const moments = new Map<string, number>();
    const momentOf = (key: string): number => {
      const moment = moments.get(key) ?? point + kernel.between(-SKEW, SKEW);
      moments.set(key, moment);
      return moment;
    };
    this.table.restore(momentOf);
    this.trail.restore(momentOf);
    this.marks = new MemoryMarks();
    this.isRecovering = true;
    while (this.isRecovering) {
      await kernel.sleep(kernel.between(100, 20_000));
      await this.recover();
    }
  }

  /** A slice, which may stop anywhere. The operator knows what was published. */
  private async recover(): Promise<void> {
    const ports = this.ports();
    const { kernel } = this;
    const more = {
      ...{ marks: this.faulty(this.marks.port(), ports.life), witnesses: [] },
      clock: () => kernel.now,
    };
    const order = { table: `${ports.life}`, newest: this.before };
    try {
      const until = kernel.now + kernel.between(0, 2000);
      const done = await recoverLedger({ ...ports, ...more }, order, until);
      const why = done.ok ? null : whyRefused(done.error);
      if (why !== null) throw new Violation(`the ledger is not recovered: ${why}`);
      if (done.ok && done.value.phase === 'done') this.goOn();
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
    }
  }

  /** The log has everything that the table knew: what the table lacks comes back from it. */
  private goOn(): void {
    this.trail.replay(idsIn(this.allEntries(this.published())));
    this.isRecovering = false;
  }

  /** One invocation. */
  private async invoke(
    work: (ports: LedgerWorldPorts) => Promise<Result<Recorded, RecordFailure>>,
    notices: readonly Notice[],
  ): Promise<boolean> {
    const ports = this.ports();
    if (this.isRecovering) return true;
    try {
      const done = await work(ports);
      if (!done.ok && done.error.code === 'broken') {
        throw new Violation(`the ledger gave up: ${(done.error as Broken).reason}`);
      }
      if (done.ok && ports.life === this.life) this.verifyAnswered(notices);
      return done.ok;
    } catch (error) {
      if (error instanceof Crash) return false;
      throw error;
    }
  }

  /** Who was told that it is done finds everything in the published log. */
  private verifyAnswered(notices: readonly Notice[]): void {
    const { size } = headOf(this.bucket.checkpoints.at(-1) ?? '');
    const known = new Set(this.trail.kept().map(({ id }) => id));
    const answered = notices.filter(({ id }) => known.has(id));
    const late = answered.find(({ id }) => !((this.table.placeOf(id) ?? size) < size));
    if (late !== undefined) throw new Violation(`${late.id} is not published after its answer`);
  }

  private ports(): LedgerWorldPorts {
    const { life } = this;
    const faulty = <Port extends object>(port: Port): Port => this.faulty(port, life);
    const signer = memorySigner((text) => this.sees(text));
    return {
      life,
      store: faulty(this.table.port()),
      files: faulty(this.files()),
      signer: { ...signer, ...faulty({ sign: signer.sign }) },
      trail: faulty(this.trail.port()),
      overdue: this.trail.overdue(),
      content: 'events',
    };
  }

  private faulty<Port extends object>(port: Port, life: number): Port {
    return unreliable(
      this.kernel,
      this.weather,
      this.alive(port, life),
      () => UNAVAILABLE,
      (fault) => this.count(fault),
    );
  }

  private files(): LedgerFiles {
    const files = this.bucket.port();
    const create: LedgerFiles['create'] = async (...file) =>
      this.isBucketShut ? err({ code: 'unavailable', what: 'ledger' }) : files.create(...file);
    return { ...files, create };
  }

  private alive<Port extends object>(port: Port, life: number): Port {
    const calls = Object.entries(port).map(([name, call]) => {
      const checked = async (...args: unknown[]): Promise<unknown> => {
        if (life !== this.life) throw new Crash();
        return (call as (...given: unknown[]) => unknown)(...args);
      };
      return [name, checked] as const;
    });
    return Object.fromEntries(calls) as Port;
  }

  private count(fault: string): void {
    this.faults.set(fault, (this.faults.get(fault) ?? 0) + 1);
  }

  /** At this moment everything that the text says has to be in the bucket. */
  private sees(text: string): void {
    this.signed.push(text);
    const { size, root } = headOf(text);
    if (rootBase64(this.stored(size)) !== root)
      throw new Violation(`signed ${size} before it was stored`);
  }

  /** The log as a stranger reads it from the bucket. Full bundles never change: they are read once. */
  private stored(size: number): Tail {
    let tail = this.full.size <= size ? this.full : EMPTY_TAIL;
    while (tail.size < size) {
      const index = tail.size / TILE_WIDTH;
      const width = Math.min(TILE_WIDTH, size - tail.size);
      tail = grow(tail, this.bundle(index, width)).tail;
      if (width === TILE_WIDTH) this.full = tail;
    }
    return tail;
  }

  private bundle(index: number, width: number): readonly Uint8Array[] {
    const path = tilePath({ level: 'entries', index, width });
    const bundle = decodeBundle(this.bucket.files.get(path) ?? new Uint8Array());
    if (!bundle.ok || bundle.value.length !== width) throw new Violation(`${path} is not stored`);
    return bundle.value;
  }

  /** One log: every event once, and every state that was ever signed is a beginning of it. */
  async verified(): Promise<PlayedLedger> {
    const size = this.published();
    const entries = this.allEntries(size);
    const ids = idsIn(entries);
    if (new Set(ids).size !== ids.length) throw new Violation('an event is in the log twice');
    const inLog = new Set(ids);
    const missing = this.trail.kept().find(({ id }) => !inLog.has(id));
    if (missing !== undefined) throw new Violation(`${missing.id} is not in the log`);
    this.verifyOrder(entries);
    this.verifySigned(entries);
    this.verifyTiles(entries);
    await this.verifyAsStranger();
    return { entries: size, checkpoints: this.bucket.checkpoints.length, faults: this.faults };
  }

  /** Who saw the log before the table was lost sees the same one now. */
  private async verifyAsStranger(): Promise<void> {
    const { key } = memorySigner(() => undefined);
    const seen = this.before === null ? null : openCheckpoint(this.before, key);
    const note = Buffer.from(this.bucket.checkpoints.at(-1) ?? '');
    const log = await verifyLog({
      read: async (path) =>
        ok(path === 'checkpoint' ? note : (this.bucket.files.get(path) ?? null)),
      key,
      before: seen?.ok ? seen.value : null,
    });
    if (!log.ok) throw new Violation(`a stranger finds the log ${log.error.code}`);
  }

  private published(): number {
    const last = this.bucket.checkpoints.at(-1);
    return last === undefined ? 0 : headOf(last).size;
  }

  private verifyOrder(entries: readonly Uint8Array[]): void {
    const inLog = entries.map((bytes) => JSON.parse(String(bytes)) as AuditEvent);
    for (const [grantId, events] of this.trail.byGrant()) {
      const order = inLog.filter((event) => event.grantId === grantId).map(({ id }) => id);
      if (order.join() !== events.map(({ id }) => id).join()) {
        throw new Violation(`${grantId} is in another order than its trail`);
      }
    }
  }

  private allEntries(size: number): readonly Uint8Array[] {
    const bundles = Array.from({ length: Math.ceil(size / TILE_WIDTH) }, (_, index) =>
      this.bundle(index, Math.min(TILE_WIDTH, size - index * TILE_WIDTH)),
    );
    return bundles.flat();
  }

  private verifySigned(entries: readonly Uint8Array[]): void {
    const sizes = new Map(this.signed.map((text) => [headOf(text).size, headOf(text).root]));
    let tail: Tail = EMPTY_TAIL;
    for (const size of [...sizes.keys()].toSorted((a, b) => a - b)) {
      tail = grow(tail, entries.slice(tail.size, size)).tail;
      if (rootBase64(tail) !== sizes.get(size)) throw new Violation(`a fork at ${size}`);
    }
    for (const text of this.signed) {
      const { size, root } = headOf(text);
      if (sizes.get(size) !== root) throw new Violation(`two logs of ${size} entries are signed`);
    }
    const published = this.bucket.checkpoints.map((note) => headOf(note).size);
    const smaller = published.some((size, at) => at > 0 && size < (published[at - 1] ?? 0));
    if (smaller) throw new Violation('a smaller log was published after a larger one');
  }

  private verifyTiles(entries: readonly Uint8Array[]): void {
    for (const { path, bytes } of grow(EMPTY_TAIL, entries).files) {
      const stored = this.bucket.files.get(path);
      if (stored === undefined || Buffer.compare(stored, bytes) !== 0) {
        throw new Violation(`${path} is missing or wrong`);
      }
    }
  }
}

function idsIn(entries: readonly Uint8Array[]): readonly string[] {
  return entries.map((bytes) => (JSON.parse(String(bytes)) as { id: string }).id);
}

function headOf(text: string): { readonly size: number; readonly root: string } {
  const [, size, root = ''] = text.split('\n');
  return { size: Number(size), root };
}

function rootBase64(tail: Tail): string {
  return Buffer.from(rootOf(treeOf(tail))).toString('base64');
}
