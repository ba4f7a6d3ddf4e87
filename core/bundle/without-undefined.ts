/** Optional fields that were left out are absent, not `undefined`: the compiled bundle is JSON. */
export function withoutUndefined<T extends object>(
  value: { [K in keyof T]?: T[K] | undefined },
): T {
  return Object.fromEntries(Object.entries(value).filter(([, it]) => it !== undefined)) as T;
}
