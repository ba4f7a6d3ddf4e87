import type { PolicyJson } from '@cedar-policy/cedar-wasm/web';
import type { CompiledPolicy } from '../../core/bundle/bundle.ts';
import type { PolicyAnalyst } from '../../core/policy/policy-analyst.ts';
import type { Cedar } from './cedar.ts';
import { examine } from './examine-policy.ts';
import { reach } from './policy-reach.ts';
import { conditionOf, readsName } from './read-condition.ts';
import { tagsIn } from './tags-read.ts';

/** Cedar behind the analyst's port, for tools that explain and check bundles, never for decisions. */
export function cedarAnalyst(cedar: Cedar): PolicyAnalyst {
  return {
    reach: (bundle, deployment) => reach(cedar, bundle, deployment),
    examine: (policy, action, question) =>
      examine(cedar, parsePolicy(cedar, policy), action, question),
    tagsRead: (policy) =>
      tagsIn(parsePolicy(cedar, policy).conditions).flatMap(({ of, tag }) =>
        of === 'principal' ? [tag] : [],
      ),
    conditionOf: (policy) => conditionOf(parsePolicy(cedar, policy)),
    readsName: (policy) => readsName(parsePolicy(cedar, policy).conditions),
  };
}

/** @throws Error if the policy does not parse, which compiling the bundle rules out. */
function parsePolicy(cedar: Cedar, policy: CompiledPolicy): PolicyJson {
  const parsed = cedar.policyToJson(policy.text);
  if (parsed.type === 'failure') throw new Error(`policy '${policy.id}' does not parse`);
  return parsed.json;
}
