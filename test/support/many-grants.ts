import { marshall } from '@aws-sdk/util-dynamodb';
import { grantItem, type Item } from '../../adapters/dynamodb/items.ts';
import { createdKey, grantKey } from '../../adapters/dynamodb/keys.ts';
import type { Grant } from '../../core/grant.ts';
import { activeGrant, NO_APPROVALS, NOW } from './sample-grants.ts';

/** A table as it is after years: nearly all grants are over, a few run, wait or are overdue. */

const MINUTE = 60_000;

/** Grants on which the sweep has something to do, however many there are. */
export const OVERDUE = 20;

/** So many items are made from grants; those beyond are copies of them with places of their own. */
const MADE = 3000;

export function* manyGrants(total: number): Generator<Item> {
  const made: Item[] = [];
  for (let index = 0; index < total; index += 1) {
    if (index < 2 * MADE) made.push(grantItem(grantAt(index)));
    const item = made[index] ?? made[MADE + (index % MADE)];
    if (item === undefined) return;
    yield index < 2 * MADE ? item : copyOf(item, index);
  }
}

/** The index attributes that come from the id stay those of the original. */
function copyOf(item: Item, index: number): Item {
  const id = `gr_${String(index).padStart(20, '0')}`;
  const createdAt = NOW - index * MINUTE;
  return {
    ...item,
    ...marshall({ ...grantKey(id), id, createdAt, createdKey: createdKey({ id, createdAt }) }),
    requesterId: { S: requesterAt(index).id },
  };
}

function requesterAt(index: number) {
  return { type: 'User', id: `people:${Math.floor(index / 300)}`, name: 'ana' } as const;
}

/** The newest is 0. */
function grantAt(index: number): Grant {
  const createdAt = NOW - index * MINUTE;
  const requester = requesterAt(index);
  const common = { createdAt, startsAt: createdAt, requester, entitlement: `e-${index % 40}` };
  if (index < OVERDUE) return activeGrant({ ...common, expiresAt: NOW - 10 * MINUTE });
  if (index % 50 === 0) return activeGrant({ ...common, expiresAt: NOW + 60 * MINUTE });
  if (index % 50 === 1) {
    const approvals = { ...NO_APPROVALS, required: 1, lapseAt: NOW + 60 * MINUTE };
    return activeGrant({ ...common, status: 'pending', expiresAt: null, approvals });
  }
  const status = index % 3 === 0 ? 'denied' : 'expired';
  return activeGrant({ ...common, status, endedAt: createdAt, expiresAt: createdAt });
}
