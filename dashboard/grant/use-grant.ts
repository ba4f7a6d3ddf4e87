import { Problem } from '../api/problem.ts';
import { OFTEN_MS, useRead } from '../api/queries.ts';
import type { Entitlement, Grant, Me } from '../api/types.ts';

export type Found = {
  /** Undefined until it was read: never another grant than the one that was asked for. */
  readonly grant: Grant | undefined;
  readonly error: unknown;
  readonly missing: boolean;
  readonly retry: () => void;
};

/** A grant, read again and again while somebody looks at it. */
export function useGrant(id: string | null): Found {
  const path = id === null ? null : `/v1/grants/${encodeURIComponent(id)}`;
  const { data, error, refetch } = useRead<Grant>(path, OFTEN_MS);
  const missing = error instanceof Problem && error.status === 404;
  const grant = !missing && data?.id === id ? data : undefined;
  return { grant, error, missing, retry: () => void refetch() };
}

/** The title and risk of what a grant is for; undefined until they were read. The requester gets no details. */
export function useEntitlementOf(
  grant: Grant | undefined,
): (Pick<Entitlement, 'title'> & { readonly risk: string | null }) | undefined {
  const details = grant?.details;
  const path =
    grant === undefined || details !== undefined
      ? null
      : `/v1/entitlements/${encodeURIComponent(grant.entitlement)}`;
  const { data, error } = useRead<Entitlement>(path, false);
  if (grant === undefined) return undefined;
  if (details !== undefined) return details;
  if (data?.id === grant.entitlement) return data;
  return error === null ? undefined : { title: grant.entitlement, risk: null };
}

export function isOwn({ requester }: Grant, me: Me): boolean {
  return requester.id === me.id;
}
