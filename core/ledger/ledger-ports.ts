import type { Unavailable } from '../failure.ts';
import type { Instant } from '../instant.ts';
import type { Result } from '../result.ts';
import type { Conflict } from '../retry-on-conflict.ts';
import type { NoteKey } from '../signed-note.ts';
import type { Tree } from './merkle.ts';

/** What the ledger needs of the world. */

export type LedgerEntry = {
  /** Of the event, unique. */
  readonly id: string;
  readonly bytes: Uint8Array;
};

/** Where each entry has its place in the order, before it is in any file. */
export type LedgerStore = {
  /** All entries that have a place. Read consistently. */
  readonly head: () => Promise<Result<Tree, Unavailable>>;
  /** The places of those of the ids that have one, as `placesBelow` counts them. Read consistently. */
  readonly placed: (
    ids: readonly string[],
  ) => Promise<Result<ReadonlyMap<string, number>, Unavailable>>;
  /**
   * In one transaction: a conflict if the head is another by now, or an entry has a place below it already. What a
   * restore left of places beyond the head is written over.
   */
  readonly add: (
    head: Tree,
    next: Tree,
    entries: readonly LedgerEntry[],
  ) => Promise<Result<void, Conflict | Unavailable>>;
  /**
   * The entries from place `from` up to, not including, `to`, in their order, and those that were placed together with
   * the last of them: what follows then begins where entries were placed, which tells it from what a restore left.
   */
  readonly read: (from: number, to: number) => Promise<Result<readonly Uint8Array[], Unavailable>>;
  /** Writes places as they are in the log, whatever is there; `NOWHERE` for events that it does not have. */
  readonly complete: (
    places: ReadonlyMap<string, number>,
  ) => Promise<Result<void, Conflict | Unavailable>>;
  /** Writes another head and nothing else; a conflict if it is not the one that was read. */
  readonly adopt: (head: Tree, next: Tree) => Promise<Result<void, Conflict | Unavailable>>;
};

/** The bytes that are there already are other ones. */
export type Differs = { readonly code: 'differs' };

/** The log as everybody may read it. What is written stays. */
export type LedgerFiles = {
  /** Null for a file that is not there. */
  readonly read: (path: string) => Promise<Result<Uint8Array | null, Unavailable>>;
  /** Nothing happens to a file that is there with the same bytes. */
  readonly create: (
    path: string,
    bytes: Uint8Array,
  ) => Promise<Result<void, Differs | Unavailable>>;
  /** How many entries the bundles have, from the bundle with this index on; 0 if there is none. */
  readonly storedSize: (fromBundle: number) => Promise<Result<number, Unavailable>>;
  /** The checkpoint, with what it takes to replace this one and no other. */
  readonly checkpoint: () => Promise<Result<StoredCheckpoint | null, Unavailable>>;
  readonly replaceCheckpoint: (
    note: string,
    previous: StoredCheckpoint | null,
  ) => Promise<Result<void, Conflict | Unavailable>>;
};

export type CheckpointPage = {
  /** The newest first. `at` is when it was stored. */
  readonly checkpoints: readonly { readonly note: string; readonly at: Instant }[];
  /** Where the next page begins, or null. */
  readonly next: string | null;
};

/** Every checkpoint that was ever published. */
export type LedgerHistory = {
  readonly checkpoints: (page: {
    readonly limit: number;
    readonly after: string | null;
  }) => Promise<Result<CheckpointPage, Unavailable>>;
};

export type StoredCheckpoint = { readonly note: string; readonly version: string };

export type LedgerSigner = {
  readonly key: NoteKey;
  readonly sign: (text: string) => Promise<Result<Uint8Array, Unavailable>>;
};

export type LedgerPorts = {
  readonly store: LedgerStore;
  readonly files: LedgerFiles;
  readonly signer: LedgerSigner;
  /**
   * Told before the table takes places over from the files. Places come before files, so the table is then older than
   * the log: it was restored, or another one stands in. Where it fails, nothing is taken over.
   */
  readonly tableIsOlder?: () => Promise<Result<unknown, Unavailable>>;
};

/** The files and the order contradict each other: nothing is signed until people have looked. */
export type Broken = { readonly code: 'broken'; readonly reason: string };
