import { generateKeyPairSync, sign } from 'node:crypto';
import type {
  LedgerEntry,
  LedgerFiles,
  LedgerSigner,
  LedgerStore,
} from '../../core/ledger/ledger-ports.ts';
import { EMPTY_TREE, rootOf, sameHash, type Tree } from '../../core/ledger/merkle.ts';
import { NOWHERE, placesBelow } from '../../core/ledger/places.ts';
import { parseTilePath, TILE_WIDTH } from '../../core/ledger/tiles.ts';
import type { LedgerRecovery, RecoveryMarks } from '../../core/recovery/ledger-recovery.ts';
import { err, ok } from '../../core/result.ts';

type Row = Tree | readonly Uint8Array[] | number;
type Write = { readonly key: string; readonly row: Row; readonly at: number };

const HEAD = 'HEAD';
const batch = (place: number): string => `BATCH#${place}`;

/** The table of a ledger, item for item: it can be restored to any moment, whole or torn. */
export class MemoryLedgerStore {
  private rows: ReadonlyMap<string, Row> = new Map();
  private written: readonly Write[] = [];

  private readonly now: () => number;

  constructor(now: () => number = () => 0) {
    this.now = now;
  }

  saved(): () => void {
    const { rows, written } = this;
    return () => Object.assign(this, { rows, written });
  }

  /** As a restore that keeps the places of entries, and not the head that they came with. */
  savedHead(): () => void {
    const head = this.head;
    return () => this.put([[HEAD, head]]);
  }

  /** As it was then, each item by its own clock. */
  restore(momentOf: (key: string) => number): void {
    const written = this.written.filter(({ key, at }) => at <= momentOf(key));
    this.written = written;
    this.rows = new Map(written.map(({ key, row }) => [key, row]));
  }

  /** As a restore that lost items which were written last. */
  lose(isLost: (key: string) => boolean): void {
    this.rows = new Map([...this.rows].filter(([key]) => !isLost(key)));
  }

  size(): number {
    return this.head.size;
  }

  placeOf(id: string): number | undefined {
    return this.rows.get(id) as number | undefined;
  }

  private get head(): Tree {
    return (this.rows.get(HEAD) as Tree | undefined) ?? EMPTY_TREE;
  }

  private put(rows: readonly (readonly [string, Row])[]): void {
    const at = this.now();
    this.written = [...this.written, ...rows.map(([key, row]) => ({ key, row, at }))];
    this.rows = new Map([...this.rows, ...rows]);
  }

  private hasMoved(head: Tree): boolean {
    return head.size !== this.head.size || !sameHash(rootOf(head), rootOf(this.head));
  }

  /** Whole batches, each of which begins where the one before ends. */
  private read(from: number, to: number): readonly Uint8Array[] {
    const entries: Uint8Array[] = [];
    const first = Array.from({ length: from + 1 }, (_, back) => from - back).find((place) =>
      this.rows.has(batch(place)),
    );
    for (let next = first ?? from; next < to; ) {
      const added = this.rows.get(batch(next)) as readonly Uint8Array[] | undefined;
      if (added === undefined || next + added.length <= from) break;
      entries.push(...added.slice(Math.max(0, from - next)));
      next += added.length;
    }
    return entries;
  }

  port(): LedgerStore {
    return {
      head: async () => ok(this.head),
      placed: async (ids) => {
        const known = ids.flatMap((id) => {
          const place = this.placeOf(id);
          return place === undefined ? [] : [[id, place] as const];
        });
        return ok(placesBelow(this.head, known));
      },
      add: async (head, next, entries) => {
        const isPlaced = ({ id }: LedgerEntry): boolean =>
          (this.placeOf(id) ?? NOWHERE) < head.size;
        if (this.hasMoved(head) || entries.some(isPlaced)) return err({ code: 'conflict' });
        const places = entries.map(({ id }, at) => [id, head.size + at] as const);
        this.put([[HEAD, next], [batch(head.size), entries.map(({ bytes }) => bytes)], ...places]);
        return ok(undefined);
      },
      read: async (from, to) => ok(this.read(from, to)),
      complete: async (places) => {
        this.put([...places]);
        return ok(undefined);
      },
      adopt: async (head, next) => {
        if (this.hasMoved(head)) return err({ code: 'conflict' });
        this.put([[HEAD, next]]);
        return ok(undefined);
      },
    };
  }
}

/** The bucket: files that nobody can change, and one checkpoint that moves. */
export class MemoryLedgerFiles {
  readonly files = new Map<string, Uint8Array>();
  /** Every checkpoint that was published, in order. */
  readonly checkpoints: string[] = [];
  private largest = 0;

  port(): LedgerFiles {
    return {
      read: async (path) => ok(this.files.get(path) ?? null),
      create: async (path, bytes) => {
        const before = this.files.get(path);
        if (before === undefined) this.put(path, bytes);
        const same = before === undefined || Buffer.compare(before, bytes) === 0;
        return same ? ok(undefined) : err({ code: 'differs' });
      },
      storedSize: async (fromBundle) => ok(this.storedSize(fromBundle)),
      checkpoint: async () => {
        const note = this.checkpoints.at(-1);
        return ok(note === undefined ? null : { note, version: String(this.checkpoints.length) });
      },
      replaceCheckpoint: async (note, previous) => {
        const version = this.checkpoints.length;
        if (version !== Number(previous?.version ?? 0)) return err({ code: 'conflict' });
        this.checkpoints.push(note);
        return ok(undefined);
      },
    };
  }

  private storedSize(fromBundle: number): number {
    return this.largest > fromBundle * TILE_WIDTH ? this.largest : 0;
  }

  private put(path: string, bytes: Uint8Array): void {
    this.files.set(path, bytes);
    const tile = parseTilePath(path);
    if (tile?.level !== 'entries') return;
    this.largest = Math.max(this.largest, tile.index * TILE_WIDTH + tile.width);
  }
}

const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const name = 'broker.example/ledger';

/** Signs with a key of its own, and tells of every text that it signed. */
export function memorySigner(signed: (text: string) => void): LedgerSigner {
  return {
    key: { name, publicKey: publicKey.export({ format: 'der', type: 'spki' }).subarray(-32) },
    sign: async (text) => {
      signed(text);
      return ok(sign(null, Buffer.from(text), privateKey));
    },
  };
}

/** How far the recovery of a restored table has come. */
export class MemoryMarks {
  recovery: LedgerRecovery | null = null;
  origin: string | null = null;

  port(): RecoveryMarks {
    return {
      read: async () => ok(this.recovery),
      note: async (recovery) => {
        this.recovery = recovery;
        return ok(null);
      },
      origin: async () => ok(this.origin),
    };
  }
}
