import { didYouMean } from '../../core/did-you-mean.ts';
import { plain } from '../terminal.ts';
import type { EntitlementInfo, Problem } from './answers.ts';

/** How many entitlements a message lists. */
const LISTED = 12;

/** The entitlement that a call names and the broker does not know for the caller; null if that was not the matter. */
export function unknownEntitlement(
  problem: Problem,
  path: string,
  body: object = {},
): string | null {
  const read = /^\/v1\/entitlements\/([^/?]+)$/.exec(path)?.[1];
  if (read !== undefined) return problem.status === 404 ? read : null;
  const meant = problem.errors?.some(({ pointer }) => pointer === '/entitlement') === true;
  return meant && 'entitlement' in body ? String(body.entitlement) : null;
}

/** The message that says what there is instead. */
export function whatThereIs(id: string, all: readonly EntitlementInfo[]) {
  const ids = all.filter(({ outcome }) => outcome !== 'deny').map((one) => one.id);
  const listed = ids.slice(0, LISTED).join(', ');
  const more = ids.length > LISTED ? `, and ${ids.length - LISTED} more (valetkey list)` : '';
  return {
    message: plain(
      `There is no entitlement "${id}", or you may not see it${didYouMean(
        id,
        all.map((one) => one.id),
      )}`.replace(/([^?])$/, '$1.'),
    ),
    hint:
      ids.length === 0
        ? 'You may not request anything at the moment.'
        : `You may request: ${listed}${more}`,
  };
}
