import type { Statement } from '../entitlement.ts';

type ListField = 'Action' | 'Resource';

/**
 * What changes between two lists of statements. They have no names: two that differ only in their
 * actions or only in their resources are taken for the same one, any other is shown whole.
 */
export function changesOfStatements(
  before: readonly Statement[],
  after: readonly Statement[],
): readonly string[] {
  const changes: string[] = [];
  const same = (it: Statement) => (other: Statement) => sentence(it) === sentence(other);
  let old = before.filter((it) => !after.some(same(it)));
  const added: Statement[] = [];
  for (const now of after.filter((it) => !before.some(same(it)))) {
    const was = old.find((it) => changedList(it, now) !== null);
    const field = was === undefined ? null : changedList(was, now);
    if (was === undefined || field === null) {
      added.push(now);
      continue;
    }
    old = old.filter((it) => it !== was);
    changes.push(...changesOfList(was, now, field));
  }
  return [
    ...changes,
    ...old.map((it) => `no longer ${sentence(it)}`),
    ...added.map((it) => `now ${sentence(it)}`),
  ];
}

/** The one list in which two statements differ, if all else is the same. */
function changedList(before: Statement, after: Statement): ListField | null {
  const fields: readonly ListField[] = ['Action', 'Resource'];
  const without = (it: Statement, field: ListField): string =>
    sentence({ ...it, [field]: it[field] === undefined ? ['none'] : ['…'] });
  return fields.find((field) => without(before, field) === without(after, field)) ?? null;
}

function changesOfList(before: Statement, after: Statement, field: ListField): readonly string[] {
  const verb = after.Effect === 'Allow' ? 'allows' : 'denies';
  const only = (some: readonly string[] = [], others: readonly string[] = []): string =>
    some.filter((it) => !others.includes(it)).join(', ');
  const gone = only(before[field], after[field]);
  const come = only(after[field], before[field]);
  const rest = field === 'Action' ? `on ${resources(after)}` : `for ${actions(after)}`;
  return [
    ...(gone === '' ? [] : [`no longer ${verb} ${gone} ${rest}`]),
    ...(come === '' ? [] : [`now also ${verb} ${come} ${rest}`]),
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
