import type { CompiledEntitlement } from '../bundle/bundle.ts';
import type { Question } from '../decision.ts';
import { type Statement, targetRoleArn } from '../entitlement.ts';
import { containsAction, containsResource } from '../session-policy/glob.ts';
import { narrow } from '../session-policy/scope.ts';
import { renderStatements } from '../session-policy/template.ts';
import { offer, type Search } from './advice-search.ts';
import { checkRequest } from './grant-request.ts';

/**
 * Entitlements on the same target role that cover the request, that the caller may see, and that would have
 * a better outcome.
 */
export function otherEntitlements(search: Search): readonly string[] {
  const { judge, asked, entitlement, outcomeOf } = search;
  const target = targetRoleArn(entitlement, judge.deployment);
  return Object.values(judge.bundle.entitlements).flatMap((other) => {
    if (other.id === entitlement.id || targetRoleArn(other, judge.deployment) !== target) return [];
    const question = sameQuestion(asked, other);
    if (question === null || !coversRequest(search, other, question)) return [];
    const visible = judge.engine.maySee(asked.caller.principal, question);
    if (!visible.ok || !visible.value) return [];
    return offer(search, outcomeOf(question, other), `Ask for ${other.id} instead`);
  });
}

/** The same request for the other entitlement; null where it cannot be made. */
function sameQuestion(asked: Question, other: CompiledEntitlement): Question | null {
  const { facts } = asked;
  const parameters = checkRequest(other, { ...facts, scheduled: facts.startsInSeconds > 0 });
  if (!parameters.ok) return null;
  return { ...asked, entitlement: other, facts: { ...facts, parameters: parameters.value } };
}

/** Whether the other entitlement contains everything that was requested. */
function coversRequest(search: Search, other: CompiledEntitlement, question: Question): boolean {
  const { deployment } = search.judge;
  const { parameters } = question.facts;
  const asking = search.asked.facts.parameters;
  const wanted = renderStatements(search.entitlement, asking, deployment);
  const scope = search.scope;
  const asked = scope === null ? null : narrow(wanted, scope);
  const needed = asked === null ? wanted : asked.ok ? asked.value : [];
  const offered = renderStatements(other, parameters, deployment);
  const allows = needed.filter(({ Effect }) => Effect === 'Allow');
  return (
    allows.length > 0 &&
    allows.every((needs) => offered.some((wide) => covers(wide, needs))) &&
    !offered.some(({ Effect }) => Effect === 'Deny')
  );
}

/** Whether `wide` is an Allow that contains the other statement, with no other conditions of its own. */
function covers(wide: Statement, narrowOne: Statement): boolean {
  if (wide.Effect !== 'Allow' || wide.NotAction || wide.NotResource) return false;
  if (
    wide.Condition !== undefined &&
    JSON.stringify(wide.Condition) !== JSON.stringify(narrowOne.Condition)
  )
    return false;
  const { Action = [], Resource = [] } = wide;
  return (
    (narrowOne.Action ?? []).every((inner) =>
      Action.some((outer) => containsAction(outer, inner)),
    ) &&
    (narrowOne.Resource ?? []).every((inner) =>
      Resource.some((outer) => containsResource(outer, inner)),
    ) &&
    narrowOne.Action !== undefined &&
    narrowOne.Resource !== undefined
  );
}
