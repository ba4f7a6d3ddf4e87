import { beforeEach, describe, expect, test } from '@jest/globals';
import {
  type Checkpoint,
  checkpointText,
  openCheckpoint,
} from '../../../core/ledger/checkpoint.ts';
import type { Witness } from '../../../core/ledger/cosign-log.ts';
import { recordMissed } from '../../../core/ledger/find-missed.ts';
import type { LedgerPorts, LedgerSigner } from '../../../core/ledger/ledger-ports.ts';
import { recordEvents } from '../../../core/ledger/record-events.ts';
import { decodeBundle, tilePath } from '../../../core/ledger/tiles.ts';
import { verifyLog } from '../../../core/ledger/verify-log.ts';
import { whyRefused } from '../../../core/recovery/ledger-recovery.ts';
import { type RecoverPorts, recoverLedger } from '../../../core/recovery/recover-ledger.ts';
import { err, ok } from '../../../core/result.ts';
import { noteWith } from '../../../core/signed-note.ts';
import {
  MemoryLedgerFiles,
  MemoryLedgerStore,
  MemoryMarks,
  memorySigner,
} from '../../simulation/memory-ledger.ts';
import { MemoryTrail } from '../../simulation/memory-trail.ts';
import { NO_STORE } from '../../support/failing-ports.ts';

/** The ledger on a restored table: one log, which has each event once. */

const MINUTE = 60_000;
const START = Date.UTC(2026, 10, 26);

class World {
  now = START;
  readonly table = new MemoryLedgerStore(() => this.now);
  readonly trail = new MemoryTrail(() => this.now);
  readonly marks = new MemoryMarks();
  files = new MemoryLedgerFiles();
  signer: LedgerSigner = memorySigner(() => undefined);
  isShut = false;

  ports(witnesses: readonly Witness[] = []): RecoverPorts {
    const files = this.files.port();
    const create: LedgerPorts['files']['create'] = async (...file) =>
      this.isShut ? err({ code: 'unavailable', what: 'ledger' }) : files.create(...file);
    return {
      ...{ store: this.table.port(), files: { ...files, create }, signer: this.signer },
      ...{ trail: this.trail.port(), overdue: this.trail.overdue(), content: 'events' },
      ...{ marks: this.marks.port(), witnesses, clock: () => this.now },
    };
  }

  /** Each event has its second, and is in the log when its notice has been delivered. */
  async happen(count: number): Promise<void> {
    const before = this.trail.notices.length;
    for (let nth = 0; nth < count; nth += 1) {
      this.now += 1000;
      this.trail.happen(`gr_${nth % 7}`, this.now, 'x');
    }
    await recordEvents(this.ports(), this.trail.notices.slice(before));
  }

  async look(): Promise<void> {
    this.now += 4 * MINUTE;
    expect(await recordMissed(this.ports(), this.now)).toMatchObject({ ok: true });
  }

  /** Gives the order until it is done, or refused. */
  async recover({
    newest = null,
    table = 'restored',
    witnesses = [],
  }: {
    newest?: string | null;
    table?: string;
    witnesses?: readonly Witness[];
  } = {}) {
    for (let slices = 1; ; slices += 1) {
      const done = await recoverLedger(this.ports(witnesses), { table, newest }, this.now);
      if (!done.ok) return { refused: whyRefused(done.error), slices };
      const { phase, walk } = done.value;
      if (phase === 'done') return { slices, placed: walk?.placed };
      if (slices > 100) throw new Error(`it stays ${phase}`);
    }
  }

  get note(): string {
    return this.files.checkpoints.at(-1) ?? '';
  }

  checkpoint(note = this.note): Checkpoint {
    const opened = openCheckpoint(note, this.signer.key);
    if (!opened.ok) throw new Error(opened.error.code);
    return opened.value;
  }

  inLog(): readonly string[] {
    const { size } = this.checkpoint();
    const ids: string[] = [];
    for (let index = 0; index * 256 < size; index += 1) {
      const width = Math.min(256, size - index * 256);
      const path = tilePath({ level: 'entries', index, width });
      const bundle = decodeBundle(this.files.files.get(path) ?? new Uint8Array());
      if (!bundle.ok) throw new Error('damaged');
      ids.push(...bundle.value.map((entry) => JSON.parse(String(entry)).id as string));
    }
    return ids;
  }

  /** The log is whole, begins with what was seen before, and has every event once. */
  async isOne(before: Checkpoint | null): Promise<void> {
    const note = Buffer.from(this.note);
    const log = await verifyLog({
      read: async (path) => ok(path === 'checkpoint' ? note : (this.files.files.get(path) ?? null)),
      ...{ key: this.signer.key, before },
    });
    expect(log).toMatchObject({ ok: true });
    const ids = this.inLog();
    expect(new Set(ids).size).toBe(ids.length);
    const kept = this.trail.kept().map(({ id }) => id);
    expect(ids.toSorted()).toEqual(kept.toSorted());
  }
}

let world: World;
beforeEach(() => {
  world = new World();
});

/** Everything that is delivered once more, and everything that nobody tells of. */
async function goOn(): Promise<void> {
  await recordEvents(world.ports(), world.trail.kept().slice(-200));
  await world.happen(30);
  await world.look();
}

describe('a table that knows less than the files', () => {
  test('goes on where the files end, and gives no event a second place', async () => {
    await world.happen(700);
    await world.look();
    const restore = world.table.saved();
    await world.happen(600);
    const before = world.checkpoint();
    restore();
    expect(await world.recover()).toMatchObject({ placed: 600 });
    expect(await world.table.port().head()).toMatchObject(ok({ size: 1300 }));
    await goOn();
    expect(world.checkpoint().size).toBe(1330);
    await world.isOne(before);
  });

  test.each([1, 40, 300])(
    'and whose head is newer than its last %i places, completes them',
    async (torn) => {
      await world.happen(900);
      await world.look();
      await world.happen(400);
      const before = world.checkpoint();
      const lost = new Set(world.trail.notices.slice(1300 - torn).map(({ id }) => id));
      world.table.lose((key) => lost.has(key));
      expect(await world.recover()).toMatchObject({ placed: torn });
      await goOn();
      await world.isOne(before);
    },
  );

  test('is walked no further than places may be missing, a bundle a slice', async () => {
    await world.happen(4000);
    await world.look();
    await world.happen(10);
    const { slices } = await world.recover();
    // 4,010 entries are 16 bundles: 10 minutes have three of them, and four more are in order.
    expect(slices).toBeLessThan(16);
    expect(slices).toBeGreaterThan(7);
  });

  test('goes on in the middle, and does nothing more once it is done', async () => {
    await world.happen(700);
    world.table.lose((key) => key.startsWith('ev_'));
    const first = await recoverLedger(
      world.ports(),
      { table: 'restored', newest: null },
      world.now,
    );
    expect(first).toMatchObject(ok({ phase: 'places' }));
    const ports = world.ports();
    const store = { ...ports.store, complete: async () => err(NO_STORE) };
    const order = { table: 'restored', newest: null };
    expect(await recoverLedger({ ...ports, store }, order, world.now + 1)).toMatchObject({
      ok: false,
    });
    expect(await world.recover()).toMatchObject({ placed: 700 });
    expect(await world.recover()).toMatchObject({ slices: 1 });
    expect(world.marks.recovery?.table).toBe('restored');
    // The record of an earlier recovery comes back with the next restore.
    expect((await world.recover({ table: 'restored again' })).slices).toBeGreaterThan(3);
  });

  test('publishes an event whose place the log has grown beyond', async () => {
    await world.happen(100);
    await world.look();
    const restore = world.table.savedHead();
    world.isShut = true;
    await world.happen(5);
    restore();
    world.isShut = false;
    const before = world.checkpoint();
    expect(await world.recover()).toMatchObject({ placed: 0 });
    // Without their notices: others take the places that the five had.
    await world.happen(20);
    await world.look();
    await world.isOne(before);
  });

  test('takes over files that were written and not signed', async () => {
    await world.happen(300);
    await world.look();
    const restore = world.table.saved();
    const ports = world.ports();
    const before = world.trail.notices.length;
    world.trail.happen('gr_1', world.now, 'x');
    const signer = { ...ports.signer, sign: async () => err(NO_STORE) };
    await recordEvents({ ...ports, signer }, world.trail.notices.slice(before));
    restore();
    await world.recover();
    expect(world.checkpoint().size).toBe(301);
    await goOn();
    await world.isOne(null);
  });

  test('is left as it is where a bundle is not what was signed', async () => {
    await world.happen(300);
    const [path = ''] = [...world.files.files.keys()].filter((one) => one.includes('entries/001'));
    world.files.files.set(path, (world.files.files.get(path) ?? Buffer.alloc(0)).subarray(1));
    world.table.lose((key) => key.startsWith('ev_'));
    expect(await world.recover()).toMatchObject({ refused: `${path} is damaged` });
    expect(world.table.placeOf('ev_299')).toBeUndefined();
  });

  test('and has the order of another log, is refused', async () => {
    await world.happen(300);
    const other = new World();
    await other.happen(290);
    const head = await other.table.port().head();
    const own = await world.table.port().head();
    if (!head.ok || !own.ok) throw new Error('no head');
    const subtrees = head.value.subtrees.map((hash, nth) => (nth === 0 ? Buffer.alloc(32) : hash));
    await world.table.port().adopt(own.value, { ...head.value, subtrees });
    const refused = 'the table has the order of another log than the files';
    expect(await world.recover()).toMatchObject({ refused });
    expect(world.checkpoint().size).toBe(300);
  });
});

describe('a table that knows more than the files', () => {
  /** The bucket is a replica that is behind by the last entries. */
  async function behind(): Promise<Checkpoint> {
    await world.happen(500);
    await world.look();
    const { note } = world;
    world.isShut = true;
    await world.happen(40);
    await world.happen(60);
    world.isShut = false;
    return world.checkpoint(note);
  }

  test('publishes them from its own batches', async () => {
    const before = await behind();
    await world.recover();
    expect(world.checkpoint().size).toBe(600);
    await goOn();
    await world.isOne(before);
  });

  test('refuses where it lacks some of them: whoever saw them would see a fork', async () => {
    const before = await behind();
    world.table.lose((key) => key === 'BATCH#540');
    const { refused } = await world.recover();
    expect(refused).toContain('the table has placed 600 entries, the files have 500');
    expect(await world.table.port().head()).toMatchObject(ok({ size: 600 }));
    expect(world.checkpoint()).toEqual(before);
  });

  test('goes on from the files where nobody has seen more, and brings the events in again', async () => {
    const before = await behind();
    world.table.lose((key) => key === 'BATCH#540');
    expect(await world.recover({ newest: world.note })).not.toHaveProperty('refused');
    expect(await world.table.port().head()).toMatchObject(ok({ size: 500 }));
    await world.happen(150);
    await world.look();
    await world.isOne(before);
  });
});

describe('what somebody has seen', () => {
  const signed = async (size: number): Promise<string> => {
    const { key, sign } = world.signer;
    const text = checkpointText({ origin: key.name, size, root: Buffer.alloc(32, 7) });
    const signature = await sign(text);
    return signature.ok ? noteWith(text, key, signature.value) : '';
  };

  test.each([
    [900, 'somebody has seen a larger log than the files and the table have'],
    [200, 'the files are of another log than the state that somebody has seen'],
  ])('and the files are not of, %i entries, refuses the recovery', async (size, reason) => {
    await world.happen(300);
    const { refused } = await world.recover({ newest: await signed(size) });
    expect(refused).toContain(reason);
  });

  test('is passed where the log begins with it', async () => {
    await world.happen(300);
    const { note } = world;
    await world.happen(300);
    expect(await world.recover({ newest: note })).not.toHaveProperty('refused');
  });

  test('a witness that saw more refuses it, too', async () => {
    await world.happen(300);
    const key = { name: 'witness.example/w1', publicKey: new Uint8Array(32).fill(7) };
    const witness: Witness = { key, add: async () => ({ status: 409, body: '301\n' }) };
    const { refused } = await world.recover({ witnesses: [witness] });
    expect(refused).toBe('the witness witness.example/w1 saw 301 entries, and there are 300');
    expect(world.marks.recovery?.phase).toBe('head');
  });
});

describe('a bucket without a log', () => {
  test('is filled again where the table has all batches: the same log', async () => {
    await world.happen(700);
    await world.look();
    const before = world.checkpoint();
    world.files = new MemoryLedgerFiles();
    await world.recover();
    expect(world.checkpoint()).toEqual(before);
    await goOn();
    await world.isOne(before);
  });

  test.each([
    ['lacks a batch', (key: string) => key === 'BATCH#0'],
    ['lacks its head', (key: string) => key === 'HEAD'],
  ])('is refused where the table %s, and nothing is signed', async (_, isLost) => {
    await world.happen(700);
    await world.look();
    world.files = new MemoryLedgerFiles();
    world.table.lose(isLost);
    const { refused } = await world.recover();
    expect(refused).toContain('the bucket has no checkpoint of the log broker.example/ledger');
    expect(world.files.checkpoints).toEqual([]);
  });

  test('begins another log under another name, with all events of the trail', async () => {
    await world.happen(700);
    await world.look();
    world.marks.origin = world.signer.key.name;
    world.files = new MemoryLedgerFiles();
    world.table.lose((key) => key === 'BATCH#0');
    const key = { ...world.signer.key, name: 'broker.example/ledger-2' };
    world.signer = { ...world.signer, key };
    expect(await world.recover()).not.toHaveProperty('refused');
    await world.look();
    expect(world.checkpoint().origin).toBe('broker.example/ledger-2');
    await world.isOne(null);
  });

  test('and a table that never had one have nothing to recover', async () => {
    expect(await world.recover()).not.toHaveProperty('refused');
    expect(world.files.checkpoints).toEqual([]);
  });
});
