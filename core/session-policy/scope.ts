import type { Scope, Statement } from '../entitlement.ts';
import type { FieldError } from '../field-error.ts';
import { err, ok, type Result } from '../result.ts';
import { containsAction, containsResource, nearest } from './glob.ts';

type Narrowing = {
  readonly statement: Statement;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
};

/**
 * The statements that remain of rendered ones under a scope. Every action and every resource that is
 * asked for must be contained in one Allow statement; conditions and Deny statements always stay.
 *
 * @returns the statements, or what is not contained, and the nearest thing that is.
 */
export function narrow(
  statements: readonly Statement[],
  scope: Scope,
): Result<readonly Statement[], readonly FieldError[]> {
  const allows = statements.filter(({ Effect }) => Effect === 'Allow');
  if (allows.some((it) => it.NotAction !== undefined || it.NotResource !== undefined)) {
    const detail = 'cannot narrow this entitlement: it allows by NotAction or NotResource';
    return err([{ pointer: '/scope', detail }]);
  }
  const narrowed = allows.flatMap((statement) => narrowOne(statement, scope) ?? []);
  const errors = [
    ...notUsed('actions', scope.actions, narrowed, allows),
    ...notUsed('resources', scope.resources, narrowed, allows),
  ];
  if (errors.length > 0) return err(errors);
  const denies = statements.filter(({ Effect }) => Effect === 'Deny');
  return ok([...narrowed.map(rewrite), ...denies]);
}

/** What an Allow statement has of the scope, or null when it has none of it. */
function narrowOne(statement: Statement, scope: Scope): Narrowing | null {
  const { Action = [], Resource = [] } = statement;
  const actions = kept(scope.actions, Action, containsAction);
  const resources = kept(scope.resources, Resource, containsResource);
  return actions.length > 0 && resources.length > 0 ? { statement, actions, resources } : null;
}

/** The intersection: what is asked for within what is allowed, and what is allowed within that. */
function kept(
  asked: readonly string[] | undefined,
  allowed: readonly string[],
  containedIn: (outer: string, inner: string) => boolean,
): readonly string[] {
  if (asked === undefined) return allowed;
  return [
    ...asked.filter((it) => allowed.some((outer) => containedIn(outer, it))),
    ...allowed.filter((it) => asked.some((outer) => containedIn(outer, it) && outer !== it)),
  ];
}

function notUsed(
  field: 'actions' | 'resources',
  asked: readonly string[] | undefined,
  narrowed: readonly Narrowing[],
  allows: readonly Statement[],
): readonly FieldError[] {
  return (asked ?? []).flatMap((it, index) => {
    if (narrowed.some((one) => one[field].includes(it))) return [];
    const known = allows.flatMap((one) => (field === 'actions' ? one.Action : one.Resource) ?? []);
    const containedIn = field === 'actions' ? containsAction : containsResource;
    const pointer = `/scope/${field}/${index}`;
    if (known.some((outer) => containedIn(outer, it))) {
      const other = field === 'actions' ? 'resources' : 'actions';
      return [
        { pointer, detail: `'${it}' is not allowed together with any of the ${other} asked for` },
      ];
    }
    return [
      {
        pointer,
        detail: `'${it}' is not contained in the entitlement; the nearest is '${nearest(it, known)}'`,
      },
    ];
  });
}

function rewrite({ statement, actions, resources }: Narrowing): Statement {
  return { ...statement, Action: actions, Resource: resources };
}
