import { generateKeyPairSync, sign } from 'node:crypto';
import type {
  LedgerEntry,
  LedgerFiles,
  LedgerSigner,
  LedgerStore,
} from '../../core/ledger/ledger-ports.ts';
import { EMPTY_TREE, rootOf, sameHash, type Tree } from '../../core/ledger/merkle.ts';
import { parseTilePath, TILE_WIDTH } from '../../core/ledger/tiles.ts';
import { err, ok } from '../../core/result.ts';

/** The table of a ledger: the order of entries. It can be saved, and restored to what was saved. */
export class MemoryLedgerStore {
  private head: Tree = EMPTY_TREE;
  private order: readonly LedgerEntry[] = [];
  private places: ReadonlyMap<string, number> = new Map();

  saved(): () => void {
    const { head, order, places } = this;
    return () => Object.assign(this, { head, order, places });
  }

  /** As a restore that keeps the places of entries, and not the head that they came with. */
  savedHead(): () => void {
    const { head, order } = this;
    return () => Object.assign(this, { head, order });
  }

  size(): number {
    return this.order.length;
  }

  placeOf(id: string): number | undefined {
    return this.places.get(id);
  }

  port(): LedgerStore {
    return {
      head: async () => ok(this.head),
      placed: async (ids) => {
        const wanted = new Set(ids);
        return ok(new Map([...this.places].filter(([id]) => wanted.has(id))));
      },
      add: async (head, next, entries) => {
        const moved = head.size !== this.head.size || !sameHash(rootOf(head), rootOf(this.head));
        if (moved || entries.some(({ id }) => (this.places.get(id) ?? head.size) < head.size))
          return err({ code: 'conflict' });
        this.head = next;
        this.order = [...this.order, ...entries];
        const places = this.order.map(({ id }, place) => [id, place] as const);
        this.places = new Map([...this.places, ...places]);
        return ok(undefined);
      },
      read: async (from, to) => ok(this.order.slice(from, to).map(({ bytes }) => bytes)),
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
