/** A tag that a policy looks at: of its principal, or of the request's parameters. */
export type TagRead = { readonly of: 'principal' | 'parameters'; readonly tag: string };

/** Every `hasTag` and `getTag` with a literal name in a policy's JSON form. */
export function tagsIn(node: unknown): readonly TagRead[] {
  if (typeof node !== 'object' || node === null) return [];
  const inside = Object.values(node).flatMap(tagsIn);
  const { hasTag, getTag } = node as { readonly hasTag?: Reading; readonly getTag?: Reading };
  const found = [hasTag, getTag].flatMap((it) => (it === undefined ? [] : readingOf(it)));
  const all = [...found, ...inside];
  return all.filter(
    (it, index) => all.findIndex(({ of, tag }) => of === it.of && tag === it.tag) === index,
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
