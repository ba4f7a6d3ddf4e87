import type { Outcome, RequestFacts } from '../decision.ts';
import { inWords } from '../duration.ts';
import { addSeconds, formatInstant, type Instant } from '../instant.ts';
import { isBetter, offer, type Search } from './advice-search.ts';
import { otherEntitlements } from './other-entitlements.ts';

/** How many hours ahead a better time is searched for. */
const HOURS_AHEAD = 24;
const MINUTE = 60_000;

/**
 * What would turn a denial or a wait for approval into something better. Each piece of advice is found by
 * asking the engine again with one fact changed, and offered only if the outcome really is better. Nothing
 * is guessed, and no fact is changed that no policy of the bundle reads.
 */
export function advise(search: Search): readonly string[] {
  return [
    ...shorter(search),
    ...withMfa(search),
    ...withTicket(search),
    ...fromNetwork(search),
    ...later(search),
    ...narrower(search),
    ...otherEntitlements(search),
  ];
}

/** The longest duration that works, found by bisection between one second and the requested one. */
function shorter(search: Search): readonly string[] {
  if (!reads(search, 'durationSeconds')) return [];
  const outcome = (durationSeconds: number): Outcome => ask(search, { durationSeconds });
  if (!isBetter(search, outcome(1))) return [];
  let works = 1;
  let fails = search.asked.facts.durationSeconds;
  while (fails - works > 1) {
    const middle = Math.floor((works + fails) / 2);
    if (isBetter(search, outcome(middle))) works = middle;
    else fails = middle;
  }
  return offer(search, outcome(works), `Ask for at most ${inWords(works)}`);
}

function withMfa(search: Search): readonly string[] {
  const { type, issuer } = search.asked.caller.principal;
  const canSignIn = search.judge.bundle.issuers.some(
    ({ id, mfa }) => id === issuer && mfa !== undefined,
  );
  if (type !== 'User' || !canSignIn) return [];
  if (!reads(search, 'mfa') && !reads(search, 'mfaAgeSeconds')) return [];
  const outcome = ask(search, { mfa: true, mfaAgeSeconds: 0 });
  return offer(search, outcome, 'Sign in again with a second factor');
}

function withTicket(search: Search): readonly string[] {
  if (!reads(search, 'ticket')) return [];
  for (const ticket of ['1', ...search.judge.bundle.mentions.tickets]) {
    const change = ticket === '1' ? 'Name a ticket' : `Name a ticket such as ${ticket}`;
    const offered = offer(search, ask(search, { ticket }), change);
    if (offered.length > 0) return offered;
  }
  return [];
}

/** Only networks that the policies themselves name. */
function fromNetwork(search: Search): readonly string[] {
  if (!reads(search, 'sourceIp')) return [];
  for (const network of search.judge.bundle.mentions.networks) {
    const [sourceIp = ''] = network.split('/');
    const offered = offer(search, ask(search, { sourceIp }), `Ask from the network ${network}`);
    if (offered.length > 0) return offered;
  }
  return [];
}

/** The first minute within the next 24 hours that has a better outcome, and has not begun. */
function later(search: Search): readonly string[] {
  if (!reads(search, 'now')) return [];
  const { now } = search.asked.facts;
  const outcome = (at: Instant): Outcome => ask(search, { now: at });
  let before = now;
  for (let hour = 1; hour <= HOURS_AHEAD; hour += 1) {
    let works = addSeconds(now, hour * 3600);
    if (!isBetter(search, outcome(works))) {
      before = works;
      continue;
    }
    while (works - before > MINUTE) {
      const middle = before + Math.floor((works - before) / 2);
      if (isBetter(search, outcome(middle))) works = middle;
      else before = middle;
    }
    const minute = Math.floor(works / MINUTE) * MINUTE;
    const early = minute > now && isBetter(search, outcome(minute));
    const from = early ? minute : minute + MINUTE;
    return offer(search, outcome(from), `Ask at ${formatInstant(from)}`);
  }
  return [];
}

function narrower(search: Search): readonly string[] {
  if (search.asked.facts.scoped || !reads(search, 'scoped')) return [];
  const outcome = ask(search, { scoped: true });
  return offer(search, outcome, 'Ask for less with a scope of actions or resources');
}

function ask({ asked, entitlement, outcomeOf }: Search, change: Partial<RequestFacts>): Outcome {
  return outcomeOf({ ...asked, facts: { ...asked.facts, ...change } }, entitlement);
}

function reads({ judge }: Search, attribute: string): boolean {
  return judge.bundle.mentions.attributes.includes(attribute);
}
