import type {
  AuthorizationAnswer,
  Context,
  Entities,
  PolicyJson,
} from '@cedar-policy/cedar-wasm/web';
import type { Bundle } from '../../core/bundle/bundle.ts';
import type { Answer } from '../../core/decision.ts';
import type { Unavailable } from '../../core/failure.ts';
import type { PolicyEngine } from '../../core/ports.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Cedar } from './cedar.ts';
import * as entities from './entities.ts';
import { type Asked, type PolicySets, policySets } from './policy-sets.ts';
import { truthOf } from './residual-truth.ts';

/** Reports policies that cannot be evaluated to the operators: the bundle has a fault. */
export type ReportFault = (fault: {
  readonly policyIds: readonly string[];
  readonly message: string;
}) => void;

const NO_ANSWER: Unavailable = { code: 'unavailable', what: 'policy' };

/**
 * Makes the engine of a bundle, which parses the policies once and answers many questions.
 *
 * Cedar skips a policy whose evaluation fails, even a forbid, so any error makes the answer
 * `unavailable` (I6).
 *
 * @throws Error if the policies do not parse: such a broker must not start.
 */
export function cedarEngine(
  cedar: Cedar,
  bundle: Bundle,
  report: ReportFault,
  sets: PolicySets = policySets(cedar, bundle),
): PolicyEngine {
  const decide = (
    asked: Asked,
    context: Context,
    others: Entities,
  ): Result<Answer, Unavailable> => {
    const answer = cedar.statefulIsAuthorized({
      principal: asked.principal.uid,
      action: entities.uid('Action', asked.action),
      resource: asked.resource,
      context,
      entities: [asked.principal, ...others],
      preparsedPolicySetId: sets.parsedFor(asked),
    });
    return readAnswer(answer, bundle, report);
  };

  return {
    ask: (action, question) => {
      const [principal, ...others] = entities.requestEntities(question);
      const resource = entities.uid('Entitlement', question.entitlement.id);
      return decide(
        { principal, action, resource },
        entities.requestContext(question.facts),
        others,
      );
    },
    maySee: (who, question) => {
      const principal = entities.principalEntity(who);
      const resource = entities.uid('Entitlement', question.entitlement.id);
      const texts = sets.textsFor({ principal, action: 'request', resource });
      for (const context of entities.unknownContexts(Object.values(texts))) {
        const answer = cedar.isAuthorizedPartial({
          principal: entities.principalUid(who),
          action: entities.uid('Action', 'request'),
          resource,
          context,
          entities: entities.requestEntities(question),
          policies: { staticPolicies: texts },
        });
        if (answer.type === 'failure') return fault([], answer.errors[0]?.message ?? '', report);
        const { errored, residuals } = answer.response;
        if (errored.length > 0) return fault(errored, 'fails for every request', report);
        if (couldPermit(Object.values(residuals))) return ok(true);
      }
      return ok(false);
    },
    mayVote: (question) => {
      const [principal, ...others] = entities.requestEntities(question);
      const resource = entities.uid('Entitlement', question.entitlement.id);
      // Cedar rejects two descriptions of the same entity.
      const own = question.requester.id === question.caller.principal.id;
      const requester = own ? [] : [entities.principalEntity(question.requester)];
      return decide({ principal, action: 'vote', resource }, entities.voteContext(question), [
        ...others,
        ...requester,
      ]);
    },
    mayOnEntitlement: (action, who, entitlement, account) => {
      const principal = entities.principalEntity(who);
      const resource = entities.uid('Entitlement', entitlement.id);
      const others = [entities.entitlementEntity(entitlement, account)];
      return permitted(decide({ principal, action, resource }, {}, others));
    },
    mayOnBroker: (action, who) => {
      const principal = entities.principalEntity(who);
      return permitted(decide({ principal, action, resource: entities.BROKER }, {}, []));
    },
  };
}

function permitted(answer: Result<Answer, Unavailable>): Result<boolean, Unavailable> {
  return answer.ok ? ok(answer.value.permitted) : answer;
}

function readAnswer(
  answer: AuthorizationAnswer,
  bundle: Bundle,
  report: ReportFault,
): Result<Answer, Unavailable> {
  if (answer.type === 'failure') return fault([], answer.errors[0]?.message ?? '', report);
  const { decision, diagnostics } = answer.response;
  if (diagnostics.errors.length > 0) {
    const ids = diagnostics.errors.map(({ policyId }) => policyId);
    return fault(ids, diagnostics.errors[0]?.error.message ?? '', report);
  }
  const permitted = decision === 'allow';
  const policies = diagnostics.reason.toSorted();
  const advice = permitted ? [] : policies.flatMap((id) => bundle.policies[id]?.advice ?? []);
  return ok({ permitted, policies, advice });
}

/** Whether a permit may become true, and no forbid is true already. */
function couldPermit(residuals: readonly PolicyJson[]): boolean {
  const truths = residuals.map((residual) => ({
    effect: residual.effect,
    truth: truthOf(residual),
  }));
  return (
    truths.some(({ effect, truth }) => effect === 'permit' && truth !== false) &&
    !truths.some(({ effect, truth }) => effect === 'forbid' && truth === true)
  );
}

function fault(
  policyIds: readonly string[],
  message: string,
  report: ReportFault,
): Result<never, Unavailable> {
  report({ policyIds, message });
  return err(NO_ANSWER);
}
