import type { AuditEvent, PrincipalEvent } from '../audit.ts';
import { readLine } from '../evidence/ledger-line.ts';
import { eventOfLine } from '../ocsf/trail-event.ts';
import { err, ok, type Result } from '../result.ts';
import type { DigestLine } from './replayed.ts';

/** An event of a principal of which the ledger has only the hash. */
export type PrincipalDigest = Pick<PrincipalEvent, 'id' | 'principalId' | 'type' | 'at'> & {
  readonly sha256: string;
};

/** An entry of the ledger as the core has events. */
export type TailLine = AuditEvent | DigestLine | PrincipalEvent | PrincipalDigest;

/**
 * Reads an entry back into the event that it was made from.
 *
 * @returns what is wrong with an entry that this version of the broker cannot read, in words.
 */
export function readEntry(entry: Uint8Array): Result<TailLine, string> {
  const read = readLine(entry);
  if (read.ok) return eventIn(read.value.event as Parameters<typeof eventOfLine>[0]);
  const { error } = read;
  if (error.code === 'malformed') return err(error.reason);
  if (error.code === 'unknown') return err(`${error.what} is not known`);
  const { v: _, ...digest } = JSON.parse(Buffer.from(entry).toString('utf8'));
  return eventIn(digest);
}

function eventIn(line: Parameters<typeof eventOfLine>[0]): Result<TailLine, string> {
  try {
    const event = eventOfLine(line);
    if (!('inputs' in event)) return ok(event);
    const now = Date.parse(String(event.inputs.facts.now));
    if (!Number.isSafeInteger(now)) return err('its inputs.facts.now is no time');
    const facts = { ...event.inputs.facts, now };
    return ok({ ...event, inputs: { ...event.inputs, facts } });
  } catch (error) {
    return err(error instanceof Error ? error.message : String(error));
  }
}
