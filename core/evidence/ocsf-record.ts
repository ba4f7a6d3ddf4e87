import type { Instant } from '../instant.ts';
import { leafHash } from '../ledger/merkle.ts';
import { CLASSES, type ClassName, type OcsfVersion } from '../ocsf/classes.ts';
import { ocsfClassOf } from '../ocsf/mapping.ts';
import { toOcsf } from '../ocsf/to-ocsf.ts';
import type { PeriodEvent } from './collect.ts';

/** The events of an export as the Open Cybersecurity Schema Framework has them. */

export type OcsfRecord = {
  readonly name: ClassName;
  /** In milliseconds. */
  readonly time: number;
  readonly record: object;
};

export type OcsfOf = {
  readonly version: OcsfVersion;
  /** Of the ledger. */
  readonly origin: string;
  readonly index: number;
  /** As the ledger has it, which may be the digest of the event. */
  readonly entry: Uint8Array;
};

export function ocsfRecord(
  { event, requester }: PeriodEvent,
  { version, origin, index, entry }: OcsfOf,
): OcsfRecord {
  const leaf = Buffer.from(leafHash(entry)).toString('base64');
  const options = { version, ledger: { origin, index, leafHash: leaf } };
  const record =
    'grantId' in event
      ? toOcsf(event, { ...options, requester: requester ?? UNKNOWN })
      : toOcsf(event, options);
  return { name: ocsfClassOf(event, version), time: instantOf(event.at), record };
}

function instantOf(at: Instant | string): Instant {
  return typeof at === 'string' ? Date.parse(at) : at;
}

/** Of an event that came after its grant was over; there is an exception for each. */
const UNKNOWN = { id: 'unknown' };

/** `ocsf/user-management-3007.jsonl`: one class in each file. */
export function ocsfPath(name: ClassName): string {
  return `ocsf/${name.replaceAll('_', '-')}-${CLASSES[name].uid}.jsonl`;
}
