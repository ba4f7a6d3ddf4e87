import { principalInPath } from '../../../core/principal-path.ts';
import type { Grant, PrincipalState } from '../../api/types.ts';

/** The orders of administrators about a person or a workload, in words. */

export type OrderKind = 'suspend' | 'revoke' | 'resume';

export const ORDER_NAMES = { suspend: 'Suspend', revoke: 'Revoke all', resume: 'Resume' } as const;

export function orderPath(kind: OrderKind, principal: string): string {
  return `/v1/principals/${principalInPath(principal)}/${kind}`;
}

/** The statuses of grants that an order ends. */
export const OPEN_STATUSES = ['active', 'scheduled', 'pending'] as const;

export function willDo(kind: OrderKind, open: string): string {
  switch (kind) {
    case 'suspend':
      return `This ends ${open} at once, and keeps the principal out until somebody resumes it: no requests, no keys.`;
    case 'revoke':
      return `This ends ${open} at once. The principal may request again; to keep it out, suspend it.`;
    case 'resume':
      return 'The principal may request and vend again. What was ended stays ended.';
  }
}

type Said = { readonly kind: 'success' | 'warning'; readonly text: string };

/** What was done, without leaving out that it may have met nobody. */
export function didDo(
  kind: OrderKind,
  { principal, known, ended, finished }: PrincipalState,
): Said {
  const done = { suspend: 'is suspended', revoke: 'keeps no grant', resume: 'may request again' };
  const grants = ended === 1 ? '1 grant was ended' : `${ended.toLocaleString()} grants were ended`;
  const rest = finished ? '' : ' There are more: the broker ends the rest by itself.';
  const what = kind === 'resume' ? '' : ` ${grants}.${rest}`;
  if (known) return { kind: 'success', text: `${principal.id} ${done[kind]}.${what}` };
  const unknown = `${principal.id} never asked for anything: check the id.`;
  const all = kind === 'suspend' ? `${unknown} It is suspended all the same.` : unknown;
  return { kind: 'warning', text: `${all}${ended > 0 ? what : ''}` };
}

/** "3 grants (2 active, 1 pending)", or "100 or more" where the first page has not all. */
export function inNumbers(grants: readonly Grant[], isMore: boolean): string {
  const counts = OPEN_STATUSES.map(
    (status) => [status, grants.filter((grant) => grant.status === status).length] as const,
  ).filter(([, count]) => count > 0);
  if (counts.length === 0) return isMore ? 'what is open' : 'nothing, as nothing is open,';
  const parts = counts.map(([status, count]) => `${count} ${status}`).join(', ');
  const total = grants.length;
  return `${isMore ? 'more than ' : ''}${total} ${total === 1 ? 'grant' : 'grants'} (${parts})`;
}
