import type { Scope, Statement } from '../entitlement.ts';
import type { FieldError } from '../field-error.ts';
import { err, ok, type Result } from '../result.ts';
import { containsAction, containsResource, nearest } from './glob.ts';

type Field = 'actions' | 'resources';

type Narrowing = {
  readonly statement: Statement;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
};

/**
 * Narrows rendered statements to a scope. An Allow statement must contain each requested action and
 * resource; conditions and Deny statements always stay.
 *
 * @returns the statements that remain, or every part of the scope that no statement contains.
 */
export function narrow(
  statements: readonly Statement[],
  scope: Scope,
): Result<readonly Statement[], readonly FieldError[]> {
  const allows = statements.filter(({ Effect }) => Effect === 'Allow');
  if (
    allows.some(
      ({ NotAction, NotResource }) => NotAction !== undefined || NotResource !== undefined,
    )
  ) {
    const detail = 'cannot narrow this entitlement, because it allows by NotAction or NotResource';
    return err([{ pointer: '/scope', detail }]);
  }
  const narrowed = allows.flatMap((statement) => narrowOne(statement, scope) ?? []);
  const errors = [
    ...unused('actions', scope.actions, narrowed, allows),
    ...unused('resources', scope.resources, narrowed, allows),
  ];
  if (errors.length > 0) return err(errors);
  const denies = statements.filter(({ Effect }) => Effect === 'Deny');
  return ok([...narrowed.map(rewrite), ...denies]);
}

/** The part of the scope that an Allow statement contains; null if it contains nothing of it. */
function narrowOne(statement: Statement, scope: Scope): Narrowing | null {
  const { Action = [], Resource = [] } = statement;
  const actions = intersection(scope.actions, Action, containsAction);
  const resources = intersection(scope.resources, Resource, containsResource);
  return actions.length > 0 && resources.length > 0 ? { statement, actions, resources } : null;
}

/** The requested patterns within the allowed ones, and the allowed ones within the requested. */
function intersection(
  requested: readonly string[] | undefined,
  allowed: readonly string[],
  contains: (outer: string, inner: string) => boolean,
): readonly string[] {
  if (requested === undefined) return allowed;
  return [
    ...requested.filter((inner) => allowed.some((outer) => contains(outer, inner))),
    ...allowed.filter((inner) =>
      requested.some((outer) => contains(outer, inner) && outer !== inner),
    ),
  ];
}

/** An error for each requested action or resource that no statement contains. */
function unused(
  field: Field,
  requested: readonly string[] | undefined,
  narrowed: readonly Narrowing[],
  allows: readonly Statement[],
): readonly FieldError[] {
  return (requested ?? []).flatMap((pattern, index) => {
    if (narrowed.some((one) => one[field].includes(pattern))) return [];
    const detail = `'${pattern}' ${whyUnused(field, pattern, allows)}`;
    return [{ pointer: `/scope/${field}/${index}`, detail }];
  });
}

function whyUnused(field: Field, pattern: string, allows: readonly Statement[]): string {
  const known = allows.flatMap(({ Action, Resource }) =>
    field === 'actions' ? (Action ?? []) : (Resource ?? []),
  );
  const contains = field === 'actions' ? containsAction : containsResource;
  if (known.some((outer) => contains(outer, pattern))) {
    const other = field === 'actions' ? 'resources' : 'actions';
    return `is not allowed together with any of the requested ${other}`;
  }
  return `is not contained in the entitlement; the nearest is '${nearest(pattern, known)}'`;
}

function rewrite({ statement, actions, resources }: Narrowing): Statement {
  return { ...statement, Action: actions, Resource: resources };
}
