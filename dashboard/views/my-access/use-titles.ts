import { useRead } from '../../api/queries.ts';
import type { Entitlements } from '../../api/types.ts';

/** The titles of entitlements; the id where the person may no longer see one. */
export function useTitles(): (id: string) => string {
  const { data } = useRead<Entitlements>('/v1/entitlements', false);
  return (id) => data?.entitlements.find((one) => one.id === id)?.title ?? id;
}
