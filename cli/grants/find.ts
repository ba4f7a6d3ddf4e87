import { type Grant, grants } from '../broker/answers.ts';
import type { Broker } from '../broker/client.ts';
import { UsageError } from '../failure.ts';
import { canAsk, choose } from '../prompts.ts';
import { plain } from '../terminal.ts';
import { parametersOf } from './show.ts';

const WHOLE = /^gr_[a-z0-9]{20}$/;
const BEGINNING = /^(gr_)?[a-z0-9]{3,19}$/;

/** Where to look for a grant of which only the beginning was said. */
export type Among = 'own' | 'reviewable';

const QUERY: Readonly<Record<Among, string>> = {
  own: 'requester=me',
  reviewable: 'reviewable=me',
};

/** The id that is meant: whole, its beginning, or chosen from a list where somebody can be asked. */
export async function grantIdOf(
  broker: Broker,
  said: string | undefined,
  among: Among,
  statuses: readonly string[],
): Promise<string> {
  if (said !== undefined && WHOLE.test(said)) return said;
  if (said !== undefined && !BEGINNING.test(said)) {
    throw new UsageError(
      `${plain(said)} is no grant's id.`,
      'Such as gr_7k2m…; see `valetkey requests`.',
    );
  }
  const list = async (query: string): Promise<readonly Grant[]> =>
    (await broker.get(`/v1/grants?${query}${query === '' ? '' : '&'}limit=100`, grants)).grants;
  if (said !== undefined) {
    // Among all that one may see: one's own, or everybody's for auditors, and what waits for a vote.
    return begunBy(said, (await Promise.all([list(''), list(QUERY.reviewable)])).flat());
  }
  const open = (await list(QUERY[among])).filter(({ status }) => statuses.includes(status));
  const [only] = open;
  if (only === undefined) throw new UsageError(`None of the grants is ${statuses.join(' or ')}.`);
  if (open.length === 1 && among === 'own') return only.id;
  if (canAsk()) return choose('Which one?', open.map(choiceOf));
  const ids = open.map(({ id }) => id).join(', ');
  throw new UsageError('Say which grant.', `There are: ${ids}`);
}

function begunBy(said: string, all: readonly Grant[]): string {
  const beginning = said.startsWith('gr_') ? said : `gr_${said}`;
  const ids = new Set(all.map(({ id }) => id));
  const found = [...ids].filter((id) => id.startsWith(beginning));
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  if (only === undefined) throw new UsageError(`No grant begins with ${beginning}.`);
  throw new UsageError(`Several begin with ${beginning}.`, found.join(', '));
}

function choiceOf(grant: Grant) {
  const { id, entitlement, requester, justification } = grant;
  const label = plain(`${entitlement} ${parametersOf(grant)}  ${requester.name}: ${justification}`);
  return { value: id, label, hint: id };
}
