import type { ReadLogFile } from '../../core/ledger/from-tiles.ts';
import type { LedgerKey } from './ledger-of.ts';
import type { SeenLog } from './seen-logs.ts';

/** A log that is verified: where it is, and the key that it must be signed with. */
export type Log = LedgerKey & {
  /** For messages: a URL or a folder. */
  readonly place: string;
  readonly read: ReadLogFile;
  /** The URL of the broker whose log it is, if it is read there. */
  readonly broker: string | null;
  /** What was seen of it before; read before anything else is. */
  readonly before: SeenLog | null;
};
