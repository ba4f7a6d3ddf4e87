import type { ListPlace } from '../../core/ports.ts';
import type { DueUsage } from '../../core/usage/usage-store.ts';
import { createdKey, type Key } from './keys.ts';

/** Where usage is kept: partitions of its own, so that what reads logs can delete nothing else. */

const USAGE = 'USAGE';
const DUE = 'DUE#';

/** Exists while the calls of the grant are to be read. */
export function dueUsageKey({ dueAt, grantId }: Pick<DueUsage, 'dueAt' | 'grantId'>): Key {
  return { pk: USAGE, sk: `${DUE}${new Date(dueAt).toISOString()}#${grantId}` };
}

/** What is due by then stands between these. */
export function dueUsageSpan(by: number): { readonly from: Key; readonly to: Key } {
  return {
    from: { pk: USAGE, sk: DUE },
    to: { pk: USAGE, sk: `${DUE}${new Date(by).toISOString()}~` },
  };
}

export function dueAtOf(sk: string): Pick<DueUsage, 'dueAt' | 'grantId'> {
  const [, time = '', grantId = ''] = sk.split('#');
  return { dueAt: Date.parse(time), grantId };
}

/** Since when usage is read. */
export const USAGE_BEGUN_KEY: Key = { pk: USAGE, sk: 'BEGUN' };

/** What was called under a grant, or that it is to be read; sorts like every list of grants. */
export function usageKey(entitlement: string, place: ListPlace): Key {
  return { pk: `${USAGE}#${entitlement}`, sk: createdKey(place) };
}

export function placeOf(sk: string): ListPlace {
  const [time = '', id = ''] = sk.split('#');
  return { createdAt: Date.parse(time), id };
}
