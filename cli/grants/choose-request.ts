import { type EntitlementInfo, entitlements } from '../broker/answers.ts';
import type { Broker } from '../broker/client.ts';
import { UsageError } from '../failure.ts';
import type { Choice as Shown } from '../plain-prompts.ts';
import { choose } from '../prompts.ts';
import { argumentsOf, type SavedRequest } from '../saved/saved-request.ts';
import { savedRequests } from '../saved/store.ts';
import { plain } from '../terminal.ts';

/** An entitlement, or a saved request of it. */
type Choice = { readonly entitlement: EntitlementInfo; readonly saved: SavedRequest | null };

/** Offers the saved requests first, and then what the user may request. */
export async function chooseRequest(broker: Broker): Promise<Choice> {
  const { entitlements: all } = await broker.get('/v1/entitlements', entitlements);
  const requestable = all.filter(({ outcome }) => outcome !== 'deny');
  if (requestable.length === 0) throw new UsageError('You may not request anything.');
  const { name, url } = broker.settings;
  const choices = choicesOf(requestable, savedFor([name, url]));
  const value = await choose(
    'What do you need?',
    choices.map(({ shown }) => shown),
  );
  const found = choices.find(({ shown }) => shown.value === value);
  if (found === undefined) throw new UsageError('Nothing was chosen.');
  return found;
}

function savedFor(brokers: readonly string[]): readonly (readonly [string, SavedRequest])[] {
  return Object.entries(savedRequests()).filter(
    ([, saved]) => saved.broker === undefined || brokers.includes(saved.broker),
  );
}

/** Saved requests of entitlements that the broker does not offer are left out. */
export function choicesOf(
  requestable: readonly EntitlementInfo[],
  saved: readonly (readonly [string, SavedRequest])[],
): readonly (Choice & { readonly shown: Shown })[] {
  const hintOf = ({ outcome }: EntitlementInfo) =>
    outcome === 'approve' ? { hint: 'needs approval' } : {};
  const ready = saved.flatMap(([name, request]) => {
    const entitlement = requestable.find(({ id }) => id === request.entitlement);
    if (entitlement === undefined) return [];
    const label = plain(`@${name}  ${argumentsOf(request)}`);
    return [
      { entitlement, saved: request, shown: { value: `@${name}`, label, ...hintOf(entitlement) } },
    ];
  });
  const plainOnes = requestable.map((entitlement) => {
    const label = `${entitlement.id}  ${plain(entitlement.title)}`;
    return {
      entitlement,
      saved: null,
      shown: { value: entitlement.id, label, ...hintOf(entitlement) },
    };
  });
  return [...ready, ...plainOnes];
}
