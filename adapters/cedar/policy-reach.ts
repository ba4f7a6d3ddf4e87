import type { EntityJson, TypeAndId } from '@cedar-policy/cedar-wasm/web';
import type { Bundle } from '../../core/bundle/bundle.ts';
import { CEDAR_SCHEMA } from '../../core/bundle/cedar-schema.ts';
import { type Deployment, targetAccount } from '../../core/entitlement.ts';
import type { Reach } from '../../core/policy/policy-analyst.ts';
import type { Cedar } from './cedar.ts';
import * as entities from './entities.ts';
import { keyOf } from './policy-head.ts';
import { truthOf } from './residual-truth.ts';

/** Partial evaluation of all policies, for each action and resource and an unknown request. */
export function reach(cedar: Cedar, bundle: Bundle, deployment: Deployment): readonly Reach[] {
  const resources: readonly EntityJson[] = [
    { uid: entities.BROKER, attrs: {}, parents: [] },
    ...Object.values(bundle.entitlements).map((entitlement) =>
      entities.entitlementEntity(entitlement, targetAccount(entitlement, deployment)),
    ),
  ];
  return actionsOf(cedar).flatMap(({ action, resourceTypes }) =>
    resources.flatMap((resource) => {
      const uid = '__entity' in resource.uid ? resource.uid.__entity : resource.uid;
      if (!resourceTypes.includes(uid.type)) return [];
      const texts = textsFor(bundle, action, uid);
      const outcomes = entities.unknownContexts(Object.values(texts)).map((context) => {
        const answer = cedar.isAuthorizedPartial({
          principal: null,
          action: entities.uid('Action', action),
          resource: uid,
          context,
          entities: [resource],
          policies: { staticPolicies: texts },
        });
        if (answer.type === 'failure') throw new Error(answer.errors[0]?.message);
        return new Map(
          Object.entries(answer.response.residuals).map(([id, residual]) => [
            id,
            truthOf(residual),
          ]),
        );
      });
      const ids = Object.keys(texts).toSorted();
      return [
        {
          action,
          resource: uid.id,
          policies: ids.filter((id) => outcomes.some((truths) => truths.get(id) !== false)),
          always: ids.filter((id) => outcomes.every((truths) => truths.get(id) === true)),
        },
      ];
    }),
  );
}

/** Leaves out policies whose head names another action or resource, which in a large bundle most do. */
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
