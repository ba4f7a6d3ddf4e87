import type { AuthorizationAnswer, TypeAndId } from '@cedar-policy/cedar-wasm/web';
import type { Bundle } from '../../core/bundle/bundle.ts';
import type { Answer } from '../../core/decision.ts';
import type { Unavailable } from '../../core/failure.ts';
import type { PolicyEngine } from '../../core/ports.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Cedar } from './cedar.ts';
import * as entities from './entities.ts';

/** Tells the operators of a policy that cannot be evaluated: a fault of the bundle. */
export type ReportFault = (fault: {
  readonly policyIds: readonly string[];
  readonly message: string;
}) => void;

const NO_ANSWER: Unavailable = { code: 'unavailable', what: 'policy' };

/**
 * The bundle's policies, parsed once and asked many times.
 *
 * Cedar skips a policy whose evaluation fails, a forbid too; so any error makes the answer
 * `unavailable` (I6).
 *
 * @throws Error when the bundle's policies do not parse: such a broker must not start.
 */
export function cedarEngine(cedar: Cedar, bundle: Bundle, report: ReportFault): PolicyEngine {
  const texts = Object.fromEntries(
    Object.values(bundle.policies).map(({ id, text }) => [id, text]),
  );
  const parsed = cedar.preparsePolicySet(bundle.hash, { staticPolicies: texts });
  if (parsed.type === 'failure') {
    throw new Error(`the compiled bundle does not parse: ${parsed.errors[0]?.message}`);
  }
  const read = (answer: AuthorizationAnswer): Result<Answer, Unavailable> =>
    readAnswer(answer, bundle, report);
  const action = (id: string): TypeAndId => entities.uid('Action', id);

  return {
    ask: (name, question) =>
      read(
        cedar.statefulIsAuthorized({
          principal: entities.principalUid(question.caller.principal),
          action: action(name),
          resource: entities.uid('Entitlement', question.entitlement.id),
          context: entities.requestContext(question.facts),
          entities: entities.requestEntities(question),
          preparsedPolicySetId: bundle.hash,
        }),
      ),
    maySee: (principal, question) => {
      const answer = cedar.isAuthorizedPartial({
        principal: entities.principalUid(principal),
        action: action('request'),
        resource: entities.uid('Entitlement', question.entitlement.id),
        context: entities.unknownContext(),
        entities: entities.requestEntities(question),
        policies: { staticPolicies: texts },
      });
      if (answer.type === 'failure') return fault([], answer.errors[0]?.message ?? '', report);
      return ok(answer.response.decision !== 'deny');
    },
    mayAudit: (principal) => {
      const answer = read(
        cedar.statefulIsAuthorized({
          principal: entities.principalUid(principal),
          action: action('audit'),
          resource: entities.BROKER,
          context: {},
          entities: [entities.principalEntity(principal)],
          preparsedPolicySetId: bundle.hash,
        }),
      );
      return answer.ok ? ok(answer.value.permitted) : answer;
    },
  };
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

function fault(
  policyIds: readonly string[],
  message: string,
  report: ReportFault,
): Result<never, Unavailable> {
  report({ policyIds, message });
  return err(NO_ANSWER);
}
