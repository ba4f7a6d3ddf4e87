/** Which usage the URL asks for. */
export type Asked = {
  /** null until one is chosen */
  readonly entitlement: string | null;
  readonly days: number;
};

export const PERIODS = [30, 90, 180, 400] as const;
const USUAL = 90;

export function askedFor(query: URLSearchParams): Asked {
  const days = PERIODS.find((one) => String(one) === query.get('days')) ?? USUAL;
  return { entitlement: query.get('entitlement')?.trim() || null, days };
}

/** The call of the API that answers it. */
export function pathOf({ entitlement, days }: Asked): string | null {
  if (entitlement === null) return null;
  return `/v1/entitlements/${encodeURIComponent(entitlement)}/usage?days=${days}`;
}

/** The query of the place's URL. */
export function queryOf({ entitlement, days }: Asked): Record<string, string | null> {
  return { entitlement, days: String(days) };
}
