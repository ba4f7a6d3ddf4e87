import { err, ok, type Result } from '../result.ts';

/** What a text of `RecordSplitter` holds: a record, also where it is a text in an event of LookupEvents. */
export function parseRecord(text: string): Result<unknown, string> {
  try {
    const value: unknown = JSON.parse(text);
    const inner = (value as { readonly CloudTrailEvent?: unknown }).CloudTrailEvent;
    return ok(typeof inner === 'string' ? JSON.parse(inner) : value);
  } catch {
    return err('it is not JSON');
  }
}
