import type { AuditEvent, PrincipalEvent } from '../audit.ts';
import { eventJson, type Json } from './wire.ts';

/** The `source` of every event on the bus. */
export const EVENT_SOURCE = 'valetkey';
/** Raised by changes that could break a consumer. New fields do not raise it. */
export const EVENT_VERSION = 1;

/** `detail-type` on the bus: one for each transition of a grant, and each event of a principal or the broker. */
export function detailTypeOf({ type }: Pick<AuditEvent | PrincipalEvent, 'type'>): string {
  const owner = OWNERS.find((one) => type.startsWith(`${one}-`));
  if (owner === undefined) return `valetkey.grant.${type}`;
  return `valetkey.${owner}.${type.slice(owner.length + 1)}`;
}

/** How the types of events begin that are of no grant. */
const OWNERS = [
  'principal',
  'bundle',
  'evidence',
  'access-review',
  'signal',
  'quarantine',
  'broker',
];

/**
 * An event as it is published: the audit trail's line without what only auditors need (what the engine saw,
 * where the caller was, and the story of a signal).
 */
export function eventDetail(event: AuditEvent | PrincipalEvent): { readonly [key: string]: Json } {
  const { inputs: _, sourceIp: __, story: ___, ...rest } = eventJson(event);
  return { version: EVENT_VERSION, ...rest } as { readonly [key: string]: Json };
}
