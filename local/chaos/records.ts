import type { Json, Person } from './answer.ts';
import type { Client } from './client.ts';
import type { History } from './history.ts';
import type { Known } from './known.ts';

/** What is on record in the end, against what was answered. */

const SECURITY: Person = { sub: 'zoe', groups: ['security'] };

type Vote = { readonly approver: { readonly id: string } };
type Event = {
  readonly id: string;
  readonly type: string;
  readonly at: string;
  readonly vote?: string;
  readonly actor: unknown;
};

/** @returns the ids of all events, which the ledger has to have */
export async function judgeRecords(
  client: Client,
  known: Known,
  history: History,
): Promise<readonly string[]> {
  await judgeAsks(client, known, history);
  const ids: string[] = [];
  for (const { id } of known.grants.values()) {
    const grant = await read(client, `/v1/grants/${id}`);
    if (grant === null) {
      history.violation(id, 'it was answered, and cannot be read any more');
      continue;
    }
    const events = await allOf<Event>(client, `/v1/grants/${id}/events?limit=200`, 'events');
    ids.push(...events.map((event) => event.id));
    judgeVotes(known, history, id, grant, events);
    judgeTrail(history, id, grant, events);
  }
  return ids;
}

/** An ask makes one grant if it was answered so, and at most one if nobody knows. */
async function judgeAsks(client: Client, known: Known, history: History): Promise<void> {
  for (const owner of new Set(known.asks.map((ask) => ask.owner))) {
    const path = `/v1/grants?requester=${encodeURIComponent(`people:${owner.sub}`)}&limit=100`;
    const grants = await allOf<Json>(client, path, 'grants');
    for (const ask of known.asks.filter((one) => one.owner === owner)) {
      const made = grants.filter(({ justification }) => justification === ask.justification);
      const ids = made.map(({ id }) => String(id)).join(', ');
      if (made.length > 1) history.violation(owner.sub, `one request made ${ids}`);
      if (ask.id !== null && ids !== ask.id) {
        history.violation(
          `${ask.id} ${owner.sub}`,
          `the request was answered, but the list has “${ids}”`,
        );
      }
    }
  }
}

function judgeVotes(
  known: Known,
  history: History,
  id: string,
  grant: Json,
  events: readonly Event[],
): void {
  const { votes, required } = grant['approvals'] as { votes: readonly Vote[]; required: number };
  const counted = votes.map(({ approver }) => approver.id);
  if (new Set(counted).size < counted.length) history.violation(id, 'a person has two votes');
  const voted = events
    .filter(({ type }) => type === 'voted')
    .map(({ actor, vote }) => {
      return `${(actor as { readonly id: string }).id} ${vote}`;
    });
  if (new Set(voted).size < voted.length) history.violation(id, 'one vote is recorded twice');
  if (grant['status'] === 'active' && counted.length < required) {
    history.violation(id, `it is active with ${counted.length} of ${required} votes`);
  }
  for (const answered of known.votes) {
    const [grantId, voter] = answered.split(' ');
    if (grantId !== id) continue;
    if (!voted.some((one) => one.startsWith(`people:${voter} `))) {
      history.violation(id, `the vote of ${voter} was answered and is not recorded`);
    }
  }
}

const ONCE = [
  ...['requested', 'approved', 'denied', 'revoked', 'expired', 'lapsed', 'cancelled'],
  'usage-read',
];

function judgeTrail(history: History, id: string, grant: Json, events: readonly Event[]): void {
  const types = events.map(({ type }) => type);
  for (const type of ONCE) {
    const count = types.filter((one) => one === type).length;
    if (count > 1) history.violation(id, `it has ${count} events ${type}`);
  }
  const status = String(grant['status']);
  // Keys that expired before the kill switch could be written: docs/lifecycle.md, "Endings".
  const told = types.includes(status) || (status === 'expired' && types.includes('outlived'));
  if (['revoked', 'expired'].includes(status) && !told) {
    history.violation(id, `it is ${status}, and no event says so`);
  }
  const [first] = events;
  const asked = events.find(({ type }) => type === 'requested');
  // Each Lambda writes the time of its own clock, and some are off: of the same time, the request is the first.
  if (asked === undefined || (first?.type !== 'requested' && first?.at === asked.at)) {
    history.violation(id, `its trail begins with ${first?.type}`);
  }
}

async function read(client: Client, path: string): Promise<Json | null> {
  for (let tries = 0; tries < 5; tries += 1) {
    const { status, body } = await client.call(SECURITY, 'GET', path);
    if (status === 200) return body;
    if (status === 404) return null;
  }
  throw new Error(`${path} is not answered, although no fault is left.`);
}

async function allOf<T>(client: Client, path: string, member: string): Promise<readonly T[]> {
  const all: T[] = [];
  let cursor = '';
  do {
    const page = await read(client, `${path}${cursor}`);
    all.push(...((page?.[member] ?? []) as readonly T[]));
    const next = page?.['nextCursor'];
    cursor = typeof next === 'string' ? `&cursor=${encodeURIComponent(next)}` : '';
  } while (cursor !== '');
  return all;
}
