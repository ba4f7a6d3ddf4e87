/** An entity that a policy names as its principal or as a group of it. */
export type Named = { readonly type: string; readonly id: string };

/** What a policy reads of its principal: a claim by `getTag`, or the attribute `issuer`. */
export type Subject = { readonly tag: string } | { readonly attribute: 'issuer' };

/** One thing that a policy asks about its principal. */
export type Leaf =
  | { readonly kind: 'equals'; readonly subject: Subject; readonly values: readonly string[] }
  /** `parts` are the texts between the wildcards: `a*b` is `['a', 'b']`, and `*b` is `['', 'b']`. */
  | { readonly kind: 'like'; readonly subject: Subject; readonly parts: readonly string[] }
  | { readonly kind: 'tagged'; readonly tag: string }
  | { readonly kind: 'is'; readonly type: string }
  /** Whether the principal is, or is in, one of these. */
  | { readonly kind: 'among'; readonly named: readonly Named[] }
  /** Whatever else a policy asks; nothing follows from it. */
  | { readonly kind: 'other' };

/** What a policy asks about its principal, in its head and its clauses: true where the policy applies. */
export type Condition =
  | { readonly kind: 'all' | 'any'; readonly of: readonly Condition[] }
  | { readonly kind: 'not'; readonly of: Condition }
  | Leaf;

/**
 * Whether a condition, being true (or false), leaves no way but through leaves that prove something: all
 * alternatives prove it, and of what must hold together, one part does.
 *
 * @param proof whether a leaf proves it by being true, or by being false
 */
export function proves(
  condition: Condition,
  proof: (leaf: Leaf, truth: boolean) => boolean,
  truth = true,
): boolean {
  switch (condition.kind) {
    case 'not':
      return proves(condition.of, proof, !truth);
    case 'all':
    case 'any': {
      const together = (condition.kind === 'all') === truth;
      const part = (one: Condition) => proves(one, proof, truth);
      return together ? condition.of.some(part) : condition.of.every(part);
    }
    default:
      return proof(condition, truth);
  }
}

/** Every leaf, and whether the condition holds rather where the leaf is true, or where it is false. */
export function leavesOf(
  condition: Condition,
  truth = true,
): readonly { readonly leaf: Leaf; readonly truth: boolean }[] {
  switch (condition.kind) {
    case 'not':
      return leavesOf(condition.of, !truth);
    case 'all':
    case 'any':
      return condition.of.flatMap((one) => leavesOf(one, truth));
    default:
      return [{ leaf: condition, truth }];
  }
}
