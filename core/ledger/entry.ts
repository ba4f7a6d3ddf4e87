import { eventJson, type Json } from '../api/wire.ts';
import type { AuditEvent, PrincipalEvent } from '../audit.ts';
import { canonicalJson } from '../canonical-json.ts';
import { sha256 } from '../ids.ts';
import type { LedgerEntry } from './ledger-ports.ts';

/** Raised by changes that could break whoever reads entries. New fields do not raise it. */
const VERSION = 1;

/** A bundle of 256 entries then has at most 4 MB, which one answer of a Lambda can carry. */
const LONGEST = 16_384;

/** Whether the log has the events themselves, or only what proves that an event was not changed. */
export type EntryContent = 'events' | 'digests';

/** An event as the trail shows it. */
export type EventLine = Readonly<Record<string, Json>>;

/** An event as an entry of the log. */
export function entryOf(event: AuditEvent | PrincipalEvent, content: EntryContent): LedgerEntry {
  return { id: event.id, bytes: entryBytes(eventJson(event), content) };
}

/**
 * The canonical JSON (RFC 8785) of the line that the trail shows. Where the log has digests, or the line
 * is too long for it, the entry has the line's SHA-256 instead of what happened.
 */
export function entryBytes(event: EventLine, content: EntryContent): Uint8Array {
  const line = canonicalJson({ v: VERSION, ...event });
  const isWhole = content === 'events' && Buffer.byteLength(line) <= LONGEST;
  return Buffer.from(isWhole ? line : canonicalJson(digestOf(event, line)));
}

/** The members that are not there stay out of the JSON. */
function digestOf({ id, grantId, principalId, type, at }: EventLine, line: string): object {
  const digest = sha256(line).slice('sha256:'.length);
  return { v: VERSION, id, grantId, principalId, type, at, sha256: digest };
}

/** Null for what is no entry of an event. */
export function idOfEntry(entry: Uint8Array): string | null {
  try {
    const { id } = JSON.parse(Buffer.from(entry).toString('utf8')) as { readonly id?: unknown };
    return typeof id === 'string' ? id : null;
  } catch {
    return null;
  }
}
