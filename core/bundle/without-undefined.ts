/** Drops fields that are `undefined`: the compiled bundle is JSON, where a field left out is absent. */
export function withoutUndefined<T extends object>(
  value: { [K in keyof T]?: T[K] | undefined },
): T {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as T;
}
