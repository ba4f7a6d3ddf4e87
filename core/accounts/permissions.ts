/**
 * A policy as its single permissions: how to show each, by a key that does not depend on spelling. Two
 * policies with the same keys mean the same, however their statements are split, merged or ordered (IAM
 * User Guide, "Grammar of the IAM JSON policy language").
 */
export type Permissions = ReadonlyMap<string, string>;

type Fields = Readonly<Record<string, unknown>>;

export function permissionsOf(...documents: readonly unknown[]): Permissions {
  const found = new Map<string, string>();
  for (const document of documents) {
    for (const statement of list((document as Fields | null)?.['Statement'])) {
      for (const [key, text] of split(statement as Fields)) found.set(key, text);
    }
  }
  return found;
}

export type Comparison = {
  readonly missing: readonly string[];
  readonly beyond: readonly string[];
};

export function compare(wanted: Permissions, found: Permissions): Comparison {
  return {
    missing: [...wanted].filter(([key]) => !found.has(key)).map(([, text]) => text),
    beyond: [...found].filter(([key]) => !wanted.has(key)).map(([, text]) => text),
  };
}

function* split(statement: Fields): Generator<[string, string]> {
  const effect = String(statement['Effect']).toLowerCase();
  const condition = conditionText(statement['Condition']);
  for (const action of values(statement, 'Action')) {
    for (const principal of principals(statement)) {
      for (const resource of values(statement, 'Resource')) {
        const on = resource === '' ? '' : ` on ${resource}`;
        const by = principal === '' ? '' : ` by ${principal}`;
        const rest = `${by}${on}${condition}`;
        // IAM ignores the case of actions.
        yield [`${effect} ${action.toLowerCase()}${rest}`, `${effect} ${action}${rest}`];
      }
    }
  }
}

/** The values of a field or of its negation; a single empty text if the statement has neither. */
function values(statement: Fields, field: string): readonly string[] {
  const not = statement[`Not${field}`];
  if (not !== undefined) return [`all but ${list(not).map(String).toSorted().join(', ')}`];
  const found = list(statement[field]).map(String);
  return found.length === 0 ? [''] : found;
}

function principals(statement: Fields): readonly string[] {
  const not = statement['NotPrincipal'];
  if (not !== undefined) return [`all but ${JSON.stringify(not)}`];
  const field = statement['Principal'];
  if (field === undefined) return [''];
  if (typeof field !== 'object' || field === null) return [String(field)];
  return Object.entries(field).flatMap(([type, given]) =>
    list(given).map((value) => (type === 'AWS' ? accountRoot(String(value)) : `${type} ${value}`)),
  );
}

/** The ARN of an account's root user, in whatever partition, means the same as the account's id. */
function accountRoot(principal: string): string {
  const [, account = null] = /^(?:arn:[^:]+:iam::)?(\d{12})(?::root)?$/.exec(principal) ?? [];
  return account === null ? principal : `the account ${account}`;
}

function conditionText(condition: unknown): string {
  const tests = Object.entries((condition ?? {}) as Fields).flatMap(([operator, keys]) =>
    Object.entries(keys as Fields).map(
      ([key, given]) =>
        `${operator} ${key.toLowerCase()} ${list(given).map(String).toSorted().join(' or ')}`,
    ),
  );
  return tests.length === 0 ? '' : ` if ${tests.toSorted().join(' and ')}`;
}

function list(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}
