import { type AuditEvent, PRINCIPAL_EVENT_TYPES, type PrincipalEvent } from '../audit.ts';
import { eventJson, type Json } from './wire.ts';

/** The `source` of every event on the bus. */
export const EVENT_SOURCE = 'valetkey';
/** Raised by changes that could break a consumer. New fields do not raise it. */
export const EVENT_VERSION = 1;

const OF_PRINCIPALS: ReadonlySet<string> = new Set(PRINCIPAL_EVENT_TYPES);

/** `detail-type` on the bus: one for each transition of a grant, and each event of a principal or the broker. */
export function detailTypeOf({ type }: Pick<AuditEvent | PrincipalEvent, 'type'>): string {
  const [first, ...rest] = type.split('-');
  return OF_PRINCIPALS.has(type) ? `valetkey.${first}.${rest.join('-')}` : `valetkey.grant.${type}`;
}

/**
 * An event as it is published: the audit trail's line without what only auditors need (what the engine saw,
 * and where the caller was).
 */
export function eventDetail(event: AuditEvent | PrincipalEvent): { readonly [key: string]: Json } {
  const { inputs: _, sourceIp: __, ...rest } = eventJson(event);
  return { version: EVENT_VERSION, ...rest } as { readonly [key: string]: Json };
}
