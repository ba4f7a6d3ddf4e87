import type { Grant } from '../broker/answers.ts';
import type { Broker } from '../broker/client.ts';
import { UsageError } from '../failure.ts';
import { canPrompt, choose } from '../prompts.ts';
import { plain } from '../terminal.ts';
import { listGrants } from './list-grants.ts';
import { parametersOf, timeOf } from './show.ts';

const ID = /^gr_[a-z0-9]{20}$/;
const PREFIX = /^(gr_)?[a-z0-9]{3,19}$/;

/** The grants to choose from if none was given: the user's own, or those that wait for a vote or a review. */
export type Among = 'own' | 'reviewable' | 'due';

const QUERY: Readonly<Record<Among, Readonly<Record<string, string>>>> = {
  own: { requester: 'me' },
  reviewable: { reviewable: 'me' },
  // Those that the user may see: auditors see everyone's.
  due: {},
};

/** How many of the latest grants are searched. */
const LATEST = 100;
/** Every request that waits for a vote may be the one that is meant. */
const WAITING = 1000;

/**
 * Resolves what the user gave to a grant id: an id, a unique prefix, or nothing. With nothing, the only
 * grant of the user's own is taken; otherwise the user chooses on a terminal.
 *
 * @param statuses Of the grants to choose from if nothing was given.
 * @throws UsageError if no single grant is meant.
 */
export async function grantIdOf(
  broker: Broker,
  given: string | undefined,
  among: Among,
  statuses: readonly string[],
): Promise<string> {
  if (given !== undefined && ID.test(given)) return given;
  if (given !== undefined && !PREFIX.test(given)) {
    throw new UsageError(
      `"${plain(given)}" is not a grant id.`,
      'An id looks like gr_7k2m…; see `valetkey requests`.',
    );
  }
  if (given !== undefined) {
    // Searches grants that the user may see (auditors see everyone's) and those to vote on.
    const lists = [listGrants(broker, {}, LATEST), listGrants(broker, QUERY.reviewable, WAITING)];
    return idWithPrefix(given, (await Promise.all(lists)).flat());
  }
  const isMeant = ({ status, review }: Grant): boolean =>
    among === 'due' ? review?.status === 'due' : statuses.includes(status);
  const open = (await listGrants(broker, QUERY[among], LATEST)).filter(isMeant);
  const [only] = open;
  if (only === undefined) throw noneFound(among, statuses);
  if (open.length === 1 && among === 'own') return only.id;
  if (canPrompt()) return choose('Which grant?', open.map(choiceOf));
  const ids = open.map(({ id }) => id).join(', ');
  throw new UsageError('More than one grant is possible: give its id.', ids);
}

function noneFound(among: Among, statuses: readonly string[]): UsageError {
  if (among === 'due') {
    return new UsageError(
      'No review is due among the latest grants that you may see.',
      'Give the id of the grant: the mail about its use names it.',
    );
  }
  if (among === 'reviewable') return new UsageError('No grant waits for your vote.');
  return new UsageError(`You have no grant that is ${statuses.join(' or ')}.`);
}

function idWithPrefix(given: string, all: readonly Grant[]): string {
  const prefix = given.startsWith('gr_') ? given : `gr_${given}`;
  const ids = new Set(all.map(({ id }) => id));
  const found = [...ids].filter((id) => id.startsWith(prefix));
  const [only] = found;
  if (only === undefined)
    throw new UsageError(
      `No grant id starts with ${prefix}.`,
      'Of an older grant, give the whole id.',
    );
  if (found.length === 1) return only;
  throw new UsageError(`More than one grant id starts with ${prefix}.`, found.join(', '));
}

/** Begins with the id, because several grants may be for the same thing and the same reason. */
export function choiceOf(grant: Grant) {
  const { id, status, entitlement, requester, justification, startsAt, expiresAt } = grant;
  const when = status === 'active' ? expiresAt : startsAt;
  const state =
    when === null ? status : `${status} ${status === 'active' ? 'until' : 'from'} ${timeOf(when)}`;
  const what = [entitlement, parametersOf(grant)].filter((part) => part !== '').join(' ');
  return {
    value: id,
    label: plain(`${id}  ${state}  ${what}  ${requester.name}: ${justification}`),
  };
}
