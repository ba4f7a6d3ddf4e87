export type Given = { readonly actions: readonly string[]; readonly resources: readonly string[] };

/** What the statements of a policy allow, without what limits them: for people who want less. */
export function givenBy(policy: object): readonly Given[] {
  const { Statement } = policy as { readonly Statement?: unknown };
  return listOf(Statement).flatMap((statement) => {
    const { Effect, Action, Resource } = statement as Readonly<Record<string, unknown>>;
    return Effect === 'Allow' && Action !== undefined
      ? [{ actions: listOf(Action).map(String), resources: listOf(Resource).map(String) }]
      : [];
  });
}

/** IAM takes a list of one without its brackets. */
function listOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}
