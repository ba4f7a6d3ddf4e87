import type { Unavailable } from './failure.ts';
import type { InForce, Quarantined } from './quarantine.ts';
import { err, ok, type Result } from './result.ts';

/** What is in force; null for the ordinary state. It is never older than two seconds, and never fails silently. */
export type QuarantineRead = () => Promise<Result<InForce | null, Unavailable>>;

export type MayBeQuarantined = { readonly quarantine: QuarantineRead };

/** What a read may be older by than the call that it decides. */
export const OLDEST_READ_MS = 2000;

/** Refuses what gives access. A record that cannot be read refuses as well (I6). */
export async function unlessQuarantined({
  quarantine,
}: MayBeQuarantined): Promise<Result<null, Quarantined | Unavailable>> {
  const read = await quarantine();
  if (!read.ok) return read;
  return read.value === null ? ok(null) : err({ code: 'quarantined', quarantine: read.value });
}

/** For what must go on, but takes nothing back: where the record cannot be read, there may be a quarantine. */
export async function mayBeQuarantined({ quarantine }: MayBeQuarantined): Promise<boolean> {
  const read = await quarantine();
  return !read.ok || read.value !== null;
}
