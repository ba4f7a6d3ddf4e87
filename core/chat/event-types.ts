import { type AuditEvent, EVENT_TYPES } from '../audit.ts';

/** Events that change nothing that a chat shows. There are many of them. */
const UNSEEN: readonly AuditEvent['type'][] = [
  ...(['vended', 'vend-failed', 'killing', 'kill-failed', 'outlived'] as const),
  ...(['extension-denied', 'usage-read'] as const),
];

/** Events after which the messages about a grant may have to change. */
export const SEEN_IN_CHAT = EVENT_TYPES.filter((type) => !UNSEEN.includes(type));
