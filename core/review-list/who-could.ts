import type { Bundle, CompiledEntitlement, CompiledPolicy } from '../bundle/bundle.ts';
import type { EngineFor } from '../bundle/policy-language.ts';
import { type Question, question } from '../decision.ts';
import type { Deployment } from '../entitlement.ts';
import type { Unavailable } from '../failure.ts';
import type { PolicyAnalyst } from '../policy/policy-analyst.ts';
import type { PolicyEngine } from '../ports.ts';
import type { Principal } from '../principal.ts';
import { ok, type Result } from '../result.ts';

/** Who could use an entitlement, and by which policies: some request of theirs could be permitted. */

export type WhoCould = {
  /** The policies that would permit some request; none where it could not be permitted. */
  readonly policiesFor: (
    principal: Principal,
    entitlement: CompiledEntitlement,
  ) => Result<readonly CompiledPolicy[], Unavailable>;
  /** The permits that could apply to somebody. */
  readonly permitsOn: (entitlement: string) => readonly CompiledPolicy[];
};

type Source = {
  readonly bundle: Bundle;
  readonly deployment: Deployment;
  readonly engineFor: EngineFor;
  readonly analyst: Pick<PolicyAnalyst, 'reach'>;
};

export function whoCould({ bundle, deployment, engineFor, analyst }: Source): WhoCould {
  const all = engineFor(bundle, () => undefined);
  const alone = new Map<string, PolicyEngine>();
  /** The engine of one policy alone: whether it permits by itself. */
  const engineOf = (policy: CompiledPolicy): PolicyEngine => {
    const { id } = policy;
    const engine = alone.get(id) ?? engineFor(only(bundle, policy), () => undefined);
    alone.set(id, engine);
    return engine;
  };
  const reached = new Map(
    analyst
      .reach(bundle, deployment)
      .filter(({ action }) => action === 'request')
      .map(({ resource, policies }) => [resource, policies]),
  );
  const permitsOn = (entitlement: string): readonly CompiledPolicy[] =>
    reached.get(entitlement)?.flatMap((id) => {
      const policy = bundle.policies[id];
      return policy?.effect === 'permit' ? [policy] : [];
    }) ?? [];
  return {
    permitsOn,
    policiesFor: (principal, entitlement) => {
      const asked = questionOf(principal, entitlement, deployment);
      const could = all.maySee(principal, asked);
      if (!could.ok) return could;
      const found: CompiledPolicy[] = [];
      for (const policy of could.value ? permitsOn(entitlement.id) : []) {
        const permits = engineOf(policy).maySee(principal, asked);
        if (!permits.ok) return permits;
        if (permits.value) found.push(policy);
      }
      return ok(found);
    },
  };
}

function only(bundle: Bundle, policy: CompiledPolicy): Bundle {
  const { id } = policy;
  return {
    ...bundle,
    hash: `${bundle.hash} ${id}`,
    policies: { [id]: policy },
    approverPolicies: [],
  };
}

/** Everything about the request is unknown, so none of these facts is looked at. */
function questionOf(
  principal: Principal,
  entitlement: CompiledEntitlement,
  deployment: Deployment,
): Question {
  const authentication = { mfa: false, signedInAt: null };
  return question({ principal, authentication, claims: {} }, entitlement, deployment, {
    ...{ now: 0, durationSeconds: 1, startsInSeconds: 0, sourceIp: '0.0.0.0', ticket: null },
    ...{ justification: '', parameters: entitlement.samples, scope: null, history: null },
  });
}
