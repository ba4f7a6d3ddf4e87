import type { Clause, EntityJson, PolicyJson, TypeAndId } from '@cedar-policy/cedar-wasm/web';
import type { Bundle } from '../../core/bundle/bundle.ts';
import { CEDAR_SCHEMA } from '../../core/bundle/cedar-schema.ts';
import { type Deployment, targetAccount } from '../../core/entitlement.ts';
import type { Reach } from '../../core/policy/policy-analyst.ts';
import type { Cedar } from './cedar.ts';
import * as entities from './entities.ts';
import { keyOf } from './policy-head.ts';

/** Cedar's partial evaluation with the action and the resource known, and nothing else. */
export function reach(cedar: Cedar, bundle: Bundle, deployment: Deployment): readonly Reach[] {
  const resources: readonly EntityJson[] = [
    { uid: entities.BROKER, attrs: {}, parents: [] },
    ...Object.values(bundle.entitlements).map((it) =>
      entities.entitlementEntity(it, targetAccount(it, deployment)),
    ),
  ];
  return actionsOf(cedar).flatMap(({ action, resourceTypes }) =>
    resources.flatMap((resource) => {
      const uid = '__entity' in resource.uid ? resource.uid.__entity : resource.uid;
      if (!resourceTypes.includes(uid.type)) return [];
      const answer = cedar.isAuthorizedPartial({
        principal: null,
        action: entities.uid('Action', action),
        resource: uid,
        context: entities.unknownContext(),
        entities: [resource],
        policies: { staticPolicies: textsFor(bundle, action, uid) },
      });
      if (answer.type === 'failure') throw new Error(answer.errors[0]?.message);
      const truths = Object.entries(answer.response.residuals).map(
        ([id, residual]) => [id, truthOf(residual)] as const,
      );
      const idsOf = (kept: (truth: boolean | null) => boolean): readonly string[] =>
        truths.flatMap(([id, truth]) => (kept(truth) ? [id] : [])).toSorted();
      return [
        {
          action,
          resource: uid.id,
          policies: idsOf((truth) => truth !== false),
          always: idsOf((truth) => truth === true),
        },
      ];
    }),
  );
}

/** Without those whose head names another action or resource: in a large bundle, most of them. */
function textsFor(bundle: Bundle, action: string, resource: TypeAndId): Record<string, string> {
  return Object.fromEntries(
    Object.values(bundle.policies).flatMap(({ id, text, head }) => {
      const apart =
        (head.actions !== null && !head.actions.includes(action)) ||
        (head.resource !== null && head.resource !== keyOf(resource));
      return apart ? [] : [[id, text]];
    }),
  );
}

type SchemaAction = { readonly action: string; readonly resourceTypes: readonly string[] };

function actionsOf(cedar: Cedar): readonly SchemaAction[] {
  const schema = cedar.schemaToJson(CEDAR_SCHEMA);
  if (schema.type === 'failure') throw new Error('the schema does not parse');
  return Object.entries(schema.json).flatMap(([namespace, { actions }]) =>
    Object.entries(actions).map(([action, { appliesTo }]) => ({
      action,
      resourceTypes: (appliesTo?.resourceTypes ?? []).map((type) => `${namespace}::${type}`),
    })),
  );
}

/** What is left of a policy; null where it depends on what is not known. */
function truthOf({ conditions }: PolicyJson): boolean | null {
  return all(conditions.map(clauseTruth));
}

function clauseTruth({ kind, body }: Clause): boolean | null {
  const truth = expressionTruth(body);
  return kind === 'when' ? truth : negate(truth);
}

/**
 * Cedar keeps `unknown && false`, because the unknown part might fail; for us that is the same: a
 * policy that fails does not apply either.
 */
function expressionTruth(node: unknown): boolean | null {
  if (typeof node !== 'object' || node === null) return null;
  const it = node as {
    readonly Value?: unknown;
    readonly '&&'?: Pair;
    readonly '||'?: Pair;
    readonly '!'?: { readonly arg: unknown };
  };
  if (typeof it.Value === 'boolean') return it.Value;
  if (it['&&'] !== undefined) return all([it['&&'].left, it['&&'].right].map(expressionTruth));
  if (it['||'] !== undefined) {
    return negate(
      all([it['||'].left, it['||'].right].map((side) => negate(expressionTruth(side)))),
    );
  }
  return it['!'] === undefined ? null : negate(expressionTruth(it['!'].arg));
}

type Pair = { readonly left: unknown; readonly right: unknown };

function all(truths: readonly (boolean | null)[]): boolean | null {
  if (truths.includes(false)) return false;
  return truths.includes(null) ? null : true;
}

function negate(truth: boolean | null): boolean | null {
  return truth === null ? null : !truth;
}
