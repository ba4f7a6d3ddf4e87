import type { Bundle } from '../bundle/bundle.ts';
import { findEntitlement } from '../bundle/bundle.ts';
import type { ChatConfig } from '../config/chat-schema.ts';
import type { Grant } from '../grant.ts';

/** Where one message about a grant is. */
export type Place =
  | {
      readonly kind: 'channel';
      readonly channel: string;
      /** The user group that is mentioned when a request is escalated. */
      readonly escalateTo: string | null;
      /** Whether everybody there may deny. */
      readonly deny: boolean;
    }
  /** In Slack, to the person who requested. */
  | { readonly kind: 'requester'; readonly email: string }
  /** A channel of Teams, by the parameter with its webhook. */
  | { readonly kind: 'teams'; readonly webhook: string };

/** Names the place in the table and in the log; no name of a person, and no secret. */
export function placeKey(place: Place): string {
  switch (place.kind) {
    case 'channel':
      return `slack#${place.channel}`;
    case 'requester':
      return 'slack#requester';
    case 'teams':
      return `teams#${place.webhook}`;
  }
}

/**
 * Where a grant is told of: by its entitlement, or by the groups that vote on it. The bundle says both. An entitlement
 * that it does not have any more has no approvers; what was posted earlier is kept up to date all the same.
 *
 * @param posted The keys of the places that have a message about the grant.
 */
export function placesOf(
  grant: Pick<Grant, 'entitlement' | 'requester'>,
  { slack, teams }: ChatConfig,
  bundle: Bundle,
  posted: readonly string[],
): readonly Place[] {
  const { entitlement, requester } = grant;
  const approval = findEntitlement(bundle, entitlement)?.approval;
  const voters = [...(approval?.approvers ?? []), ...(approval?.escalateTo ?? [])];
  const isTold = (route: Route): boolean =>
    route.entitlements.some((pattern) => fits(pattern, entitlement)) &&
    (route.approvers?.some((group) => voters.includes(group)) ?? true);
  const places: Place[] = [];
  const add = (route: Route, place: Place): void => {
    if (isTold(route) || posted.includes(placeKey(place))) places.push(place);
  };
  for (const route of slack?.routes ?? []) {
    const { channel, escalateTo = null, deny } = route;
    add(route, { kind: 'channel', channel, escalateTo, deny });
  }
  for (const route of teams?.routes ?? []) add(route, { kind: 'teams', webhook: route.webhook });
  if (slack?.requesters === true && requester.type === 'User' && EMAIL.test(requester.name)) {
    places.push({ kind: 'requester', email: requester.name });
  }
  return places;
}

type Route = {
  readonly entitlements: readonly string[];
  readonly approvers?: readonly string[] | undefined;
};

const EMAIL = /^[^\s@<>,;:"]{1,64}@[^\s@<>,;:"]{1,250}$/;

/** `*` stands for any characters. */
function fits(pattern: string, id: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  if (rest.length === 0) return pattern === id;
  const last = rest.pop() ?? '';
  if (!id.startsWith(first) || !id.endsWith(last)) return false;
  let from = first.length;
  for (const part of rest) {
    const at = id.indexOf(part, from);
    if (at < 0) return false;
    from = at + part.length;
  }
  return from + last.length <= id.length;
}
