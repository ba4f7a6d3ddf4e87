import type { EntityJson, TypeAndId } from '@cedar-policy/cedar-wasm/web';
import type { Bundle } from '../../core/bundle/bundle.ts';
import { CEDAR_SCHEMA } from '../../core/bundle/cedar-schema.ts';
import { type Deployment, targetAccount } from '../../core/entitlement.ts';
import type { Reach } from '../../core/policy/policy-analyst.ts';
import type { Cedar } from './cedar.ts';
import * as entities from './entities.ts';
import { keyOf } from './policy-head.ts';
import { truthOf } from './residual-truth.ts';

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
      const texts = textsFor(bundle, action, uid);
      const left = entities.unknownContexts(Object.values(texts)).map((context) => {
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
          Object.entries(answer.response.residuals).map(([id, it]) => [id, truthOf(it)]),
        );
      });
      const ids = Object.keys(texts).toSorted();
      return [
        {
          action,
          resource: uid.id,
          policies: ids.filter((id) => left.some((truths) => truths.get(id) !== false)),
          always: ids.filter((id) => left.every((truths) => truths.get(id) === true)),
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
