/** A tag that a policy reads, of the principal or of the request's parameters. */
export type TagRead = { readonly of: 'principal' | 'parameters'; readonly tag: string };

/** The tags in every `hasTag` and `getTag` of a policy's JSON form that has a literal name. */
export function tagsIn(node: unknown): readonly TagRead[] {
  if (typeof node !== 'object' || node === null) return [];
  const inside = Object.values(node).flatMap(tagsIn);
  const { hasTag, getTag } = node as { readonly hasTag?: Reading; readonly getTag?: Reading };
  const found = [hasTag, getTag].flatMap((reading) =>
    reading === undefined ? [] : readingOf(reading),
  );
  const all = [...found, ...inside];
  return all.filter(
    (one, index) => all.findIndex(({ of, tag }) => of === one.of && tag === one.tag) === index,
  );
}

type Reading = {
  readonly left?: { readonly Var?: unknown; readonly '.'?: { readonly attr?: unknown } };
  readonly right?: { readonly Value?: unknown };
};

function readingOf({ left, right }: Reading): readonly TagRead[] {
  const tag = right?.Value;
  if (typeof tag !== 'string') return [];
  if (left?.Var === 'principal') return [{ of: 'principal', tag }];
  return left?.['.']?.attr === 'parameters' ? [{ of: 'parameters', tag }] : [];
}
