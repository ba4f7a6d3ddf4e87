import type { Scope, Statement } from '../entitlement.ts';
import type { FieldError } from '../field-error.ts';
import { err, ok, type Result } from '../result.ts';
import { containsAction, containsResource, nearest } from './glob.ts';
import { mistakeInText } from './statement-texts.ts';

type Field = 'actions' | 'resources';

type Narrowing = {
  readonly statement: Statement;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
};

/**
 * Narrows rendered statements to a scope. An Allow statement must contain each requested action and
 * resource; conditions and Deny statements always stay. Only statements that list both are narrowed: those
 * with NotAction or NotResource are left out, because nothing says what they contain.
 *
 * @returns the statements that remain, or every part of the scope that no statement contains.
 */
export function narrow(
  statements: readonly Statement[],
  scope: Scope,
): Result<readonly Statement[], readonly FieldError[]> {
  const allows = statements.filter(({ Effect }) => Effect === 'Allow');
  const plain = allows.filter(isPlain);
  if (plain.length === 0 && allows.length > 0) {
    const detail = 'cannot narrow this entitlement, because it allows by NotAction or NotResource';
    return err([{ pointer: '/scope', detail }]);
  }
  const narrowed = plain.flatMap((statement) => narrowOne(statement, scope) ?? []);
  const beyond = plain.length < allows.length ? BEYOND_PLAIN : '';
  const errors = [
    ...unused('actions', scope.actions, narrowed, plain),
    ...unused('resources', scope.resources, narrowed, plain),
  ].map(({ pointer, detail }) => ({ pointer, detail: `${detail}${beyond}` }));
  if (errors.length > 0) return err(errors);
  const denies = statements.filter(({ Effect }) => Effect === 'Deny');
  return ok([...narrowed.map(rewrite), ...denies]);
}

/** An error for each resource that IAM would refuse, although `*` contains it. */
export function malformed({ resources = [] }: Scope, partition: string): readonly FieldError[] {
  return resources.flatMap((text, index) => {
    const mistake = mistakeInText(text, 'resource', partition);
    const detail = `'${text}' ${mistake}`;
    return mistake === null ? [] : [{ pointer: `/scope/resources/${index}`, detail }];
  });
}

const BEYOND_PLAIN = '; what it allows by NotAction or NotResource cannot be narrowed';

function isPlain({ Action, Resource }: Statement): boolean {
  return Action !== undefined && Resource !== undefined;
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
  const near = nearest(pattern, known);
  const hint = near === null ? ', which allows nothing' : `; the nearest is '${near}'`;
  return `is not contained in the entitlement${hint}`;
}

function rewrite({ statement, actions, resources }: Narrowing): Statement {
  return { ...statement, Action: actions, Resource: resources };
}
