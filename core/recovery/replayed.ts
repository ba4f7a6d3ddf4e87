import type { AuditEvent } from '../audit.ts';
import type { Bundle } from '../bundle/bundle.ts';
import type { Deployment } from '../entitlement.ts';
import type { Grant } from '../grant.ts';

/** An event of which the ledger has only the hash: its entry was too long, or the ledger has nothing else. */
export type DigestLine = Pick<AuditEvent, 'id' | 'grantId' | 'type' | 'at'> & {
  readonly sha256: string;
};

/** A line of a grant's trail as the ledger has it. */
export type TrailLine = AuditEvent | DigestLine;

export function isDigest(line: TrailLine): line is DigestLine {
  return 'sha256' in line;
}

export type ReplayPorts = {
  /** The bundle with the hash that decisions name, from the files of the ledger; null where they lack it. */
  readonly bundleOf: (hash: string) => Bundle | null;
  readonly deployment: Deployment;
};

/** A grant on the way through its trail, and what did not fit. */
export type Replay = {
  readonly grant: Grant;
  readonly flaws: readonly string[];
};
