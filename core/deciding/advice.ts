import type { Outcome, RequestFacts } from '../decision.ts';
import { addSeconds, formatInstant, type Instant } from '../instant.ts';
import { promise, type Search } from './advice-search.ts';
import { otherEntitlements } from './other-entitlements.ts';

/** How many hours ahead a better time is searched for. */
const HOURS_AHEAD = 24;

/**
 * What would turn a denial into something better. Each piece of advice is found by asking the engine again
 * with one fact changed, and offered only if the outcome really is better. Nothing is guessed, and no fact
 * is changed that no policy of the bundle reads.
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
  if (outcome(1) === 'deny') return [];
  let works = 1;
  let fails = search.asked.facts.durationSeconds;
  while (fails - works > 1) {
    const middle = Math.floor((works + fails) / 2);
    if (outcome(middle) === 'deny') fails = middle;
    else works = middle;
  }
  return offer(outcome(works), `Ask for at most ${works} seconds`);
}

function withMfa(search: Search): readonly string[] {
  const { type, issuer } = search.asked.caller.principal;
  const canSignIn = search.judge.bundle.issuers.some(
    ({ id, mfa }) => id === issuer && mfa !== undefined,
  );
  if (type !== 'User' || !canSignIn) return [];
  if (!reads(search, 'mfa') && !reads(search, 'mfaAgeSeconds')) return [];
  const outcome = ask(search, { mfa: true, mfaAgeSeconds: 0 });
  return offer(outcome, 'Sign in again with a second factor');
}

function withTicket(search: Search): readonly string[] {
  if (!reads(search, 'ticket')) return [];
  const shapes = ['1', ...search.judge.bundle.mentions.tickets];
  for (const ticket of shapes) {
    const outcome = ask(search, { ticket });
    if (outcome === 'deny') continue;
    return offer(outcome, ticket === '1' ? 'Name a ticket' : `Name a ticket such as ${ticket}`);
  }
  return [];
}

/** Only networks that the policies themselves name. */
function fromNetwork(search: Search): readonly string[] {
  if (!reads(search, 'sourceIp')) return [];
  for (const network of search.judge.bundle.mentions.networks) {
    const [sourceIp = ''] = network.split('/');
    const outcome = ask(search, { sourceIp });
    if (outcome !== 'deny') return offer(outcome, `Ask from the network ${network}`);
  }
  return [];
}

/** The first minute within the next 24 hours that has a better outcome. */
function later(search: Search): readonly string[] {
  if (!reads(search, 'now')) return [];
  const outcome = (now: Instant): Outcome => ask(search, { now });
  let before = search.asked.facts.now;
  for (let hour = 1; hour <= HOURS_AHEAD; hour += 1) {
    let works = addSeconds(search.asked.facts.now, hour * 3600);
    if (outcome(works) === 'deny') {
      before = works;
      continue;
    }
    while (works - before > 60_000) {
      const middle = before + Math.floor((works - before) / 2);
      if (outcome(middle) === 'deny') before = middle;
      else works = middle;
    }
    const minute = Math.floor(works / 60_000) * 60_000;
    const from = outcome(minute) === 'deny' ? minute + 60_000 : minute;
    return offer(outcome(from), `Ask at ${formatInstant(from)}`);
  }
  return [];
}

function narrower(search: Search): readonly string[] {
  if (search.asked.facts.scoped || !reads(search, 'scoped')) return [];
  return offer(ask(search, { scoped: true }), 'Ask for less with a scope of actions or resources');
}

function ask({ asked, entitlement, outcomeOf }: Search, change: Partial<RequestFacts>): Outcome {
  return outcomeOf({ ...asked, facts: { ...asked.facts, ...change } }, entitlement);
}

function reads({ judge }: Search, attribute: string): boolean {
  return judge.bundle.mentions.attributes.includes(attribute);
}

function offer(outcome: Outcome, change: string): readonly string[] {
  const better = promise(outcome);
  return better === null ? [] : [`${change}: ${better}.`];
}
