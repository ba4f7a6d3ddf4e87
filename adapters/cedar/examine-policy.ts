import type { Clause, EntityUidJson, Expr, PolicyJson } from '@cedar-policy/cedar-wasm/web';
import type { Question } from '../../core/decision.ts';
import type { Verdict } from '../../core/policy/policy-analyst.ts';
import type { Cedar } from './cedar.ts';
import * as entities from './entities.ts';
import { mentionsIn } from './mentions.ts';
import { tagsIn } from './tags-read.ts';

/** Whether a part of a policy is true; a sentence if it cannot be evaluated. */
type Holds = boolean | string;

const OPEN: Omit<PolicyJson, 'conditions'> = {
  effect: 'permit',
  principal: { op: 'All' },
  action: { op: 'All' },
  resource: { op: 'All' },
};

/**
 * Asks the engine about each part of a policy separately: the three parts of its head, then its clauses
 * in their order, and each `when` conjunct by conjunct up to the first that is not true.
 */
export function examine(
  cedar: Cedar,
  policy: PolicyJson,
  action: 'request' | 'autoApprove',
  question: Question,
): Verdict {
  const ask = (part: Partial<PolicyJson>): Holds => {
    const answer = cedar.isAuthorized({
      principal: entities.principalUid(question.caller.principal),
      action: entities.uid('Action', action),
      resource: entities.uid('Entitlement', question.entitlement.id),
      context: entities.requestContext(question.facts),
      entities: entities.requestEntities(question),
      policies: { staticPolicies: { part: { ...OPEN, conditions: [], ...part } } },
    });
    if (answer.type === 'failure') return answer.errors[0]?.message ?? 'unknown error';
    const { decision, diagnostics } = answer.response;
    return diagnostics.errors[0]?.error.message ?? decision === 'allow';
  };

  const head = [
    { holds: ask({ action: policy.action }), text: headText('action', policy.action) },
    { holds: ask({ principal: policy.principal }), text: headText('principal', policy.principal) },
    { holds: ask({ resource: policy.resource }), text: headText('resource', policy.resource) },
  ].filter(({ holds }) => holds !== true);
  if (head.length > 0) {
    return { applies: false, why: head.map(({ text }) => `its head requires ${text}`) };
  }
  const why = policy.conditions.flatMap((clause) =>
    objectionIn(clause, {
      holds: (body) => ask({ conditions: [{ kind: 'when', body }] }),
      text: (body) => clauseText(cedar, body),
      facts: (body) => factsIn(body, question),
    }),
  );
  return why.length === 0 ? { applies: true } : { applies: false, why };
}

type Probe = {
  readonly holds: (body: Expr) => Holds;
  readonly text: (body: Expr) => string;
  /** What the request has for the attributes and tags that the expression reads. */
  readonly facts: (body: Expr) => string;
};

function objectionIn({ kind, body }: Clause, probe: Probe): readonly string[] {
  if (kind === 'unless') {
    const holds = probe.holds(body);
    if (holds === false) return [];
    return [
      holds === true
        ? `unless ${probe.text(body)}: true${probe.facts(body)}`
        : `unless ${probe.text(body)}: cannot be evaluated: ${holds}`,
    ];
  }
  let before: Expr | null = null;
  for (const conjunct of conjunctsOf(body)) {
    // Evaluated together with the earlier ones, which may guard it with `has` or `hasTag`.
    const guarded: Expr = before === null ? conjunct : { '&&': { left: before, right: conjunct } };
    const holds = probe.holds(guarded);
    if (holds === false) return [`when ${probe.text(conjunct)}: false${probe.facts(conjunct)}`];
    if (holds !== true) return [`when ${probe.text(conjunct)}: cannot be evaluated: ${holds}`];
    before = guarded;
  }
  return [];
}

function conjunctsOf(body: Expr): readonly Expr[] {
  const both = '&&' in body ? (body['&&'] as { left: Expr; right: Expr }) : null;
  return both === null ? [body] : [...conjunctsOf(both.left), ...conjunctsOf(both.right)];
}

function clauseText(cedar: Cedar, body: Expr): string {
  const written = cedar.policyToText({ ...OPEN, conditions: [{ kind: 'when', body }] });
  if (written.type === 'failure') return JSON.stringify(body);
  return written.text.replace(/^[\s\S]*?when \{\s*/, '').replace(/\s*\};?\s*$/, '');
}

function factsIn(body: Expr, { caller, facts }: Question): string {
  const context = entities.requestContext(facts);
  const ofContext = mentionsIn(body)
    .attributes.filter((name) => name !== 'parameters')
    .map((name) => [name, plain(context[name])] as const);
  const ofTags = tagsIn(body).map(({ of, tag }) => {
    const tags = of === 'principal' ? caller.principal.tags : facts.parameters;
    return [tag, Object.hasOwn(tags, tag) ? tags[tag] : undefined] as const;
  });
  const known = [...ofContext, ...ofTags].map(([name, value]) =>
    value === undefined ? `${name} is missing` : `${name} is ${JSON.stringify(value)}`,
  );
  return known.length === 0 ? '' : ` (${known.join(', ')})`;
}

/** Cedar's extension values without their wrapping. */
function plain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('__extn' in value)) return value;
  const { arg } = value.__extn as { readonly arg?: unknown };
  return arg;
}

function headText(
  name: 'principal' | 'action' | 'resource',
  constraint: PolicyJson['principal'] | PolicyJson['action'] | PolicyJson['resource'],
): string {
  const parts: string[] = [name];
  if ('entity_type' in constraint) parts.push('is', constraint.entity_type);
  else parts.push(constraint.op);
  if ('entity' in constraint) parts.push(uidText(constraint.entity));
  if ('entities' in constraint) parts.push(`[${constraint.entities.map(uidText).join(', ')}]`);
  if ('in' in constraint && constraint.in !== undefined && 'entity' in constraint.in) {
    parts.push('in', uidText(constraint.in.entity));
  }
  return parts.join(' ');
}

function uidText(entity: EntityUidJson): string {
  const { type, id } = '__entity' in entity ? entity.__entity : entity;
  return `${type}::${JSON.stringify(id)}`;
}
