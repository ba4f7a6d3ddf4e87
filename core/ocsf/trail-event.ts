import { type AuditEvent, EVENT_TIMES, type PrincipalEvent } from '../audit.ts';
import type { Instant } from '../instant.ts';

type Time = (typeof EVENT_TIMES)[number];

type Written<E> = E extends unknown
  ? { readonly [K in keyof E]: K extends Time ? E[K] | string : E[K] }
  : never;

/** An event of a grant, as the core has it or as the trail and the ledger show it: with times in RFC 3339. */
export type GrantLine = Written<AuditEvent>;
/** An event of a principal or of the broker, likewise. */
export type PrincipalLine = Written<PrincipalEvent>;

const TIMES: readonly string[] = EVENT_TIMES;
/** A request that waits has no start yet, unless it asked for one. */
const NULLABLE: readonly string[] = ['startsAt'];

/**
 * The event with its times as numbers, however they were written.
 *
 * @throws RangeError where a time is none.
 */
export function eventOfLine(line: GrantLine | PrincipalLine): AuditEvent | PrincipalEvent {
  const times = Object.entries(line)
    .filter(([name]) => TIMES.includes(name))
    .map(([name, time]) => [name, instantOf(line.id, name, time)]);
  return { ...line, ...Object.fromEntries(times) };
}

function instantOf(id: string, name: string, time: unknown): Instant | null {
  if (time === null && NULLABLE.includes(name)) return null;
  const instant = typeof time === 'string' ? Date.parse(time) : time;
  if (Number.isSafeInteger(instant)) return instant as Instant;
  throw new RangeError(`Event ${id}: ${name} is ${JSON.stringify(time)}, which is no time.`);
}
