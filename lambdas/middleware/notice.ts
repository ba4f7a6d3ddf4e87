import type { Notice } from '../../core/ledger/record-events.ts';

/**
 * The notice in a message of the queue: an event of the bus (EventBridge User Guide, "Event structure"), of which
 * only the keys are used. Null for anything else.
 */
export function noticeIn(body: string): Notice | null {
  try {
    const { detail } = JSON.parse(body) as { readonly detail?: Detail };
    const { id, at, grantId, principalId } = detail ?? {};
    const time = Date.parse(String(at));
    if (typeof id !== 'string' || Number.isNaN(time)) return null;
    if (typeof grantId === 'string') return { id, at: time, grantId };
    return typeof principalId === 'string' ? { id, at: time, principalId } : null;
  } catch {
    return null;
  }
}

type Detail = { readonly [key in 'id' | 'at' | 'grantId' | 'principalId']?: unknown };
