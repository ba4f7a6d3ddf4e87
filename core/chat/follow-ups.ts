import { type AuditEvent, BROKER } from '../audit.ts';
import type { Grant } from '../grant.ts';
import { pageOf } from '../upkeep/mails.ts';
import type { FollowUp } from './announcement.ts';
import type { Audience } from './describe-grant.ts';

/**
 * What is told in the thread of a message: an update of the message itself notifies nobody. To approvers, what asks them
 * again, as long as it does; to the requester, what became of the request.
 *
 * @param events The latest events of the grant, in any order.
 */
export function followUpsOf(
  grant: Grant,
  events: readonly AuditEvent[],
  audience: Audience,
  { apiUrl, escalateTo }: { readonly apiUrl: string; readonly escalateTo: string | null },
): readonly FollowUp[] {
  const told = audience === 'approvers' ? toApprovers : toRequester;
  const inOrder = events.toSorted((a, b) => a.at - b.at);
  // An end has up to two events. The first one says who ended it.
  const end = inOrder.find(isEnd);
  return inOrder.flatMap((event): FollowUp[] => {
    const text = isEnd(event) && event !== end ? null : told(event, grant);
    if (text === null) return [];
    const mention = event.type === 'escalated' ? escalateTo : null;
    const link = { label: 'Open', url: pageOf(grant.id, apiUrl) };
    return [{ key: event.id, text: `${text}: ${grant.entitlement}`, mention, link }];
  });
}

function isEnd({ type }: AuditEvent): boolean {
  return type === 'revoking' || type === 'revoked';
}

function toApprovers(event: AuditEvent, grant: Grant): string | null {
  const waits = grant.status === 'pending';
  switch (event.type) {
    case 'reminded':
      return waits ? 'A request still waits for your vote' : null;
    case 'escalated':
      return waits ? 'A request was escalated to the second tier' : null;
    case 'extension-requested':
      return grant.extension?.requestedAt === event.at ? 'An extension waits for your vote' : null;
    case 'review-reminded':
      return grant.review?.status === 'due' ? 'A break-glass use needs its review' : null;
    default:
      return null;
  }
}

function toRequester(event: AuditEvent, { requester }: Grant): string | null {
  const byRequester = event.actor !== BROKER && event.actor.id === requester.id;
  switch (event.type) {
    case 'approved':
      return 'Your request was approved';
    case 'denied':
      return 'Your request was denied';
    case 'lapsed':
      return 'Your request lapsed: not enough people voted';
    case 'extended':
      return byRequester || event.actor === BROKER ? null : 'Your extension was approved';
    case 'extension-refused':
      return 'Your extension was denied';
    case 'revoking':
    case 'revoked':
      return byRequester ? null : 'Your access was revoked';
    default:
      return null;
  }
}
