import type { Entitlement, Statement } from '../../core/entitlement.ts';
import type { SessionPolicyInput } from '../../core/session-policy/compose.ts';
import {
  includes,
  includesArn,
  matches,
  matchesAction,
  matchesArn,
  overlap,
  overlapArn,
} from './wildcards.ts';

/**
 * What a session may do, derived from the grant and not from the composed policy. It uses only
 * types of the core, and reads statement by statement like the documentation.
 */

/** A call to AWS as IAM sees it; `context` contains its condition keys. */
export type Call = {
  readonly action: string;
  readonly resource: string;
  readonly now: number;
  readonly context: Readonly<Record<string, string>>;
};

export type Verdict =
  | 'allowed'
  | 'not granted'
  | 'denied'
  | 'out of scope'
  | 'too late'
  | 'network';

/** The first reason to refuse the call, or `allowed`. */
export function verdictOf(grant: SessionPolicyInput, call: Call): Verdict {
  if (call.now >= grant.expiresAt) return 'too late';
  if (grant.entitlement.network === 'bind' && !fromBoundNetwork(grant, call)) return 'network';
  const statements = grant.scope === null ? render(grant) : render(grant).filter(isNarrowable);
  const applying = statements.filter((statement) => applies(statement, call));
  if (applying.some(({ Effect }) => Effect === 'Deny')) return 'denied';
  if (applying.length === 0) return 'not granted';
  return inScope(grant, call) ? 'allowed' : 'out of scope';
}

/**
 * Whether a scope is accepted: each entry lies within an Allow statement that the other entries
 * meet too.
 */
export function mayNarrow(grant: SessionPolicyInput): boolean {
  const { actions, resources } = grant.scope ?? {};
  const allows = render(grant).filter((one) => one.Effect === 'Allow' && isNarrowable(one));
  if (allows.length === 0) return false;
  const meets = (asked: readonly string[] | undefined, stated: readonly string[] = []) =>
    asked === undefined || asked.some((a) => stated.some((b) => relate(a, b).overlap));
  const within = (list: readonly string[], one: string) =>
    list.some((outer) => relate(outer, one).includes);
  return (
    (actions ?? []).every((action) =>
      allows.some((one) => within(one.Action ?? [], action) && meets(resources, one.Resource)),
    ) &&
    (resources ?? []).every((resource) =>
      allows.some((one) => within(one.Resource ?? [], resource) && meets(actions, one.Action)),
    )
  );
}

/** A scope narrows what lists its actions and resources, keeps every Deny, and leaves the rest out. */
export function isNarrowable({ Effect, NotAction, NotResource }: Statement): boolean {
  return Effect === 'Deny' || (NotAction === undefined && NotResource === undefined);
}

type Relation = { readonly includes: boolean; readonly overlap: boolean };
const related = new Map<string, Relation>();

/** How two actions or two resources relate; cached, because the same few recur. */
export function relate(outer: string, inner: string): Relation {
  const key = `${outer} ${inner}`;
  const known = related.get(key) ?? compare(outer, inner);
  related.set(key, known);
  return known;
}

/** Only resources are case-sensitive. */
function compare(outer: string, inner: string): Relation {
  if (outer.startsWith('arn:') || inner.startsWith('arn:')) {
    return { includes: includesArn(outer, inner), overlap: overlapArn(outer, inner) };
  }
  const [a, b] = [outer.toLowerCase(), inner.toLowerCase()];
  return { includes: includes(a, b), overlap: overlap(a, b) };
}

function inScope({ scope }: SessionPolicyInput, { action, resource }: Call): boolean {
  const actions = scope?.actions?.some((pattern) => matchesAction(pattern, action)) ?? true;
  return actions && (scope?.resources?.some((pattern) => matchesArn(pattern, resource)) ?? true);
}

function fromBoundNetwork({ sourceIp }: SessionPolicyInput, { context }: Call): boolean {
  return context['aws:ViaAWSService'] === 'true' || context['aws:SourceIp'] === sourceIp;
}

export function applies(statement: Statement, call: Call): boolean {
  const { Action, NotAction, Resource, NotResource, Condition = {} } = statement;
  const action = (pattern: string) => matchesAction(pattern, call.action);
  const resource = (pattern: string) => {
    const resolved = resolve(pattern, call.context);
    return resolved !== null && matchesArn(resolved, call.resource);
  };
  return (
    (Action?.some(action) ?? !NotAction?.some(action)) &&
    (Resource?.some(resource) ?? !NotResource?.some(resource)) &&
    Object.entries(Condition).every(([operator, keys]) =>
      Object.entries(keys).every(([key, values]) =>
        holds(operator, call.context[key], [values].flat(), call.context),
      ),
    )
  );
}

function holds(
  operator: string,
  given: string | undefined,
  values: readonly string[],
  context: Call['context'],
): boolean {
  const negated = operator.includes('Not');
  if (given === undefined) return negated || operator.endsWith('IfExists');
  const like = operator.includes('Like');
  const hit = values.some((value) => {
    const resolved = resolve(value, context);
    return resolved !== null && (like ? matches(resolved, given) : resolved === given);
  });
  return hit !== negated;
}

/** Fills in IAM's own variables. A key that the call lacks makes the text match nothing. */
function resolve(text: string, context: Call['context']): string | null {
  const [before = '', ...rest] = text.split('${');
  return rest.reduce<string | null>((filled, part) => {
    const end = part.indexOf('}');
    const value = context[part.slice(0, end)];
    return filled === null || value === undefined ? null : filled + value + part.slice(end + 1);
  }, before);
}

/** The entitlement's statements with this grant's values in them. */
export function render(
  grant: Pick<SessionPolicyInput, 'entitlement' | 'parameters' | 'deployment'>,
): Entitlement['statements'] {
  const values: Record<string, string> = {
    ...grant.parameters,
    ...grant.deployment,
    partition: 'aws',
  };
  const fill = (text: string): string =>
    text
      .split('{{')
      .map((part, index) => {
        const end = part.indexOf('}}');
        return index === 0 ? part : `${values[part.slice(0, end)]}${part.slice(end + 2)}`;
      })
      .join('');
  const filled = (value: unknown): unknown => {
    if (typeof value === 'string') return fill(value);
    if (Array.isArray(value)) return value.map(filled);
    return Object.fromEntries(Object.entries(Object(value)).map(([k, v]) => [k, filled(v)]));
  };
  return grant.entitlement.statements.map((statement) => filled(statement) as Statement);
}
