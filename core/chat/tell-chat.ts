import type { Bundle } from '../bundle/bundle.ts';
import { findEntitlement } from '../bundle/bundle.ts';
import type { ChatConfig } from '../config/chat-schema.ts';
import type { Unavailable } from '../failure.ts';
import type { Grant } from '../grant.ts';
import { waitsForVotes } from '../grant.ts';
import { sha256 } from '../ids.ts';
import type { Instant } from '../instant.ts';
import type { Trail } from '../ledger/record-events.ts';
import type { GrantStore } from '../ports.ts';
import { ok, type Result } from '../result.ts';
import type { Announcement } from './announcement.ts';
import {
  type BringFailure,
  type BringPorts,
  bringUpToDate,
  type Subject,
} from './bring-up-to-date.ts';
import type { MessengerOf } from './chat-ports.ts';
import { chatCrowdOf, describeCrowd, MESSAGES_AN_HOUR } from './crowd.ts';
import { type Audience, describeGrant, hasBrokenGlass, stageOf } from './describe-grant.ts';
import { followUpsOf } from './follow-ups.ts';
import type { Wanted } from './next-step.ts';
import { type Place, placeKey, placesOf } from './place.ts';

export type ChatPorts = BringPorts & {
  readonly store: Pick<GrantStore, 'find'>;
  readonly trail: Pick<Trail, 'latest'>;
  readonly messenger: MessengerOf;
  readonly config: ChatConfig;
  readonly bundle: Bundle;
  readonly apiUrl: string;
};

/** What did not work, and where; other places are up to date all the same. */
export type PlaceFailure = { readonly place: string; readonly failure: BringFailure };

/**
 * Brings everything that chats show of a grant up to what the grant is now. A notice is only the reason to look, so it
 * may come twice, late, or not at all: the next one makes it good.
 */
export async function tellChat(
  ports: ChatPorts,
  grantId: string,
  until: Instant,
): Promise<Result<readonly PlaceFailure[], Unavailable>> {
  const found = await ports.store.find(grantId);
  if (!found.ok) return found;
  if (found.value === null) return ok([]);
  const posted = await ports.chats.list(grantId);
  if (!posted.ok) return posted;
  if (posted.value.length === 0 && !needsPeople(found.value)) return ok([]);
  const keys = posted.value.map(({ place }) => place);
  const failures: PlaceFailure[] = [];
  for (const place of placesOf(found.value, ports.config, ports.bundle, keys)) {
    const done = await bringUpToDate(ports, subjectOf(ports, found.value, place, until), until);
    if (!done.ok) failures.push({ place: placeKey(place), failure: done.error });
  }
  return ok(failures);
}

/** Nobody has to see what policy allowed, and what is over. Break-glass is seen until somebody reviewed it. */
function needsPeople(grant: Grant): boolean {
  return waitsForVotes(grant) || (hasBrokenGlass(grant) && grant.review?.status !== 'done');
}

function subjectOf(ports: ChatPorts, grant: Grant, place: Place, until: Instant): Subject {
  const subject = {
    about: grant.id,
    place: placeKey(place),
    messenger: ports.messenger(place),
    wanted: () => wantedNow(ports, grant, place),
  };
  return { ...subject, isLeftOut: () => countCrowd(ports, grant, place, until) };
}

async function wantedNow(
  { store, trail, bundle, apiUrl }: ChatPorts,
  known: Grant,
  place: Place,
): Promise<Result<Wanted, Unavailable>> {
  const found = await store.find(known.id);
  if (!found.ok) return found;
  const grant = found.value ?? known;
  // The latest page is enough: while a grant waits for people, little else happens to it.
  const latest = await trail.latest(grant.id, null);
  if (!latest.ok) return latest;
  const entitlement = findEntitlement(bundle, grant.entitlement);
  const about = { title: entitlement?.title ?? null, risk: entitlement?.risk ?? null };
  const audience = audienceOf(place);
  const described = describeGrant(grant, about, audience, apiUrl);
  const hasButton = place.kind === 'channel' && place.deny && waitsForVotes(grant);
  const deny = hasButton ? { grantId: grant.id, version: grant.version } : null;
  const announcement = { ...described, deny };
  const escalateTo = place.kind === 'channel' ? place.escalateTo : null;
  return ok({
    needsPeople: needsPeople(grant),
    always: hasBrokenGlass(grant),
    announcement,
    edition: editionOf(place, grant, announcement),
    followUps: followUpsOf(grant, latest.value.events, audience, { apiUrl, escalateTo }),
  });
}

/** Teams gets a card for each change of state, because it cannot update one; a vote is none. */
function editionOf(place: Place, grant: Grant, announcement: Announcement): string {
  if (place.kind !== 'teams') return sha256(JSON.stringify(announcement));
  const extension = grant.extension?.requestedAt ?? null;
  return sha256(JSON.stringify([stageOf(grant), grant.expiresAt, extension]));
}

function audienceOf({ kind }: Place): Audience {
  return kind === 'requester' ? 'requester' : 'approvers';
}

/**
 * Counts a request with the others of its crowd. Beyond those that have a message each, one message stands for the rest
 * of the hour.
 */
async function countCrowd(
  ports: ChatPorts,
  grant: Grant,
  place: Place,
  until: Instant,
): Promise<Result<boolean, Unavailable>> {
  const crowd = chatCrowdOf(grant);
  if (crowd === null) return ok(false);
  const nth = await ports.chats.count(crowd, placeKey(place));
  if (!nth.ok) return nth;
  if (nth.value <= MESSAGES_AN_HOUR) return ok(false);
  const announcement = describeCrowd(grant, audienceOf(place), ports.apiUrl);
  const edition = sha256(JSON.stringify(announcement));
  const wanted = { needsPeople: true, always: false, announcement, edition, followUps: [] };
  const digest: Subject = {
    about: crowd,
    place: placeKey(place),
    messenger: ports.messenger(place),
    wanted: async () => ok(wanted),
    isLeftOut: async () => ok(false),
  };
  const done = await bringUpToDate(ports, digest, until);
  // Without its digest, the request has a message of its own.
  return ok(done.ok);
}
