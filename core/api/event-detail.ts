import type { AuditEvent } from '../audit.ts';
import { eventJson, type Json } from './wire.ts';

/** The `source` of every event on the bus. */
export const EVENT_SOURCE = 'valetkey';
/** Raised when a consumer could break; fields may be added without it. */
export const EVENT_VERSION = 1;

/** `detail-type` on the bus: one for each transition. */
export function detailTypeOf({ type }: Pick<AuditEvent, 'type'>): string {
  return `valetkey.grant.${type}`;
}

/**
 * An event as it goes out: what the audit trail has, without what only auditors need (what the engine
 * saw, and where the caller was).
 */
export function eventDetail(event: AuditEvent): { readonly [key: string]: Json } {
  const { inputs: _, sourceIp: __, ...rest } = eventJson(event);
  return { version: EVENT_VERSION, ...rest } as { readonly [key: string]: Json };
}
