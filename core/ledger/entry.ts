import { eventJson } from '../api/wire.ts';
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

/**
 * An event as an entry of the log: the canonical JSON (RFC 8785) of the line that the trail shows. Where
 * the log has digests, or the line is too long for it, the entry has the line's SHA-256 instead of what
 * happened.
 */
export function entryOf(event: AuditEvent | PrincipalEvent, content: EntryContent): LedgerEntry {
  const line = canonicalJson({ v: VERSION, ...eventJson(event) });
  const isWhole = content === 'events' && Buffer.byteLength(line) <= LONGEST;
  const text = isWhole ? line : canonicalJson(digestOf(event, line));
  return { id: event.id, bytes: Buffer.from(text) };
}

function digestOf(event: AuditEvent | PrincipalEvent, line: string): object {
  const { id, type, at } = eventJson(event);
  const about =
    'grantId' in event ? { grantId: event.grantId } : { principalId: event.principalId };
  return { v: VERSION, id, ...about, type, at, sha256: sha256(line).slice('sha256:'.length) };
}
