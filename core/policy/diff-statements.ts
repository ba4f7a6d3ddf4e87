import type { Statement } from '../entitlement.ts';

type ListField = 'Action' | 'Resource';

/**
 * The differences between two lists of statements. Statements have no names: two that differ only in
 * their actions, or only in their resources, count as one that changed; any other is shown whole.
 */
export function changesOfStatements(
  before: readonly Statement[],
  after: readonly Statement[],
): readonly string[] {
  const changes: string[] = [];
  const added: Statement[] = [];
  let removed = without(before, after);
  for (const now of without(after, before)) {
    const was = removed.find((statement) => changedList(statement, now) !== null);
    const field = was === undefined ? null : changedList(was, now);
    if (was === undefined || field === null) {
      added.push(now);
      continue;
    }
    removed = removed.filter((statement) => statement !== was);
    changes.push(...changesOfList(was, now, field));
  }
  return [
    ...changes,
    ...removed.map((statement) => `no longer ${sentence(statement)}`),
    ...added.map((statement) => `now ${sentence(statement)}`),
  ];
}

/** The statements that are not among the others. */
function without(some: readonly Statement[], others: readonly Statement[]): readonly Statement[] {
  const known = new Set(others.map(sentence));
  return some.filter((statement) => !known.has(sentence(statement)));
}

/** The one list in which two statements differ; null if they differ in anything else. */
function changedList(before: Statement, after: Statement): ListField | null {
  const fields: readonly ListField[] = ['Action', 'Resource'];
  const masked = (statement: Statement, field: ListField): string =>
    sentence({ ...statement, [field]: statement[field] === undefined ? ['none'] : ['…'] });
  return fields.find((field) => masked(before, field) === masked(after, field)) ?? null;
}

function changesOfList(before: Statement, after: Statement, field: ListField): readonly string[] {
  const verb = after.Effect === 'Allow' ? 'allows' : 'denies';
  const only = (some: readonly string[] = [], others: readonly string[] = []): string =>
    some.filter((entry) => !others.includes(entry)).join(', ');
  const gone = only(before[field], after[field]);
  const added = only(after[field], before[field]);
  const rest = field === 'Action' ? `on ${resources(after)}` : `for ${actions(after)}`;
  return [
    ...(gone === '' ? [] : [`no longer ${verb} ${gone} ${rest}`]),
    ...(added === '' ? [] : [`now also ${verb} ${added} ${rest}`]),
  ];
}

function sentence(statement: Statement): string {
  const { Effect, Condition } = statement;
  const verb = Effect === 'Allow' ? 'allows' : 'denies';
  const only = Condition === undefined ? '' : ` where ${JSON.stringify(Condition)}`;
  return `${verb} ${actions(statement)} on ${resources(statement)}${only}`;
}

function actions({ Action, NotAction = [] }: Statement): string {
  return Action === undefined ? `all but ${NotAction.join(', ')}` : Action.join(', ');
}

function resources({ Resource, NotResource = [] }: Statement): string {
  return Resource === undefined ? `all but ${NotResource.join(', ')}` : Resource.join(', ');
}
