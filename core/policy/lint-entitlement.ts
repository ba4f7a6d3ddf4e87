import { UNNAMED } from '../bundle/acknowledgement.ts';
import type { LocatedPolicy } from '../bundle/policy-file.ts';
import type { Located } from '../bundle/yaml-file.ts';
import type { Entitlement } from '../entitlement.ts';
import { lintAllows } from './lint-allows.ts';
import { lintOwnJob } from './lint-own-job.ts';
import { lintSamePerson } from './lint-same-person.ts';
import { lintServices } from './lint-services.ts';
import { lintSessionKeys } from './lint-session-keys.ts';
import { lintStatements } from './lint-statements.ts';
import type { Examined } from './lint-strangers.ts';
import { type BundleWarning, type EntitlementWarning, isAcknowledged } from './lint-warning.ts';
import type { Reach } from './policy-analyst.ts';
import type { BundleSources } from './read-bundle.ts';

/** Warns of what is suspicious in an entitlement, but for the warnings that its author acknowledged. */
export function lintEntitlement(
  entitlement: Located<Entitlement>,
  { policies, issuers }: Pick<BundleSources, 'policies' | 'issuers'>,
  examined: readonly Examined[],
  reach: readonly Reach[],
): readonly BundleWarning[] {
  const { value, error } = entitlement;
  const obstacle = whyUnobtainable(value, policies, reach);
  const unobtainable: readonly EntitlementWarning[] =
    obstacle === null
      ? []
      : [{ ...error([], `nobody can get '${value.id}': ${obstacle}`), rule: 'nobody-can-get' }];
  const warnings: readonly BundleWarning[] = [
    ...unnamed(entitlement),
    ...unobtainable,
    ...lintSamePerson(entitlement, examined, issuers.value, reach),
    ...lintOwnJob(entitlement, examined, issuers.value, reach),
    ...lintStatements(entitlement),
    ...lintSessionKeys(entitlement),
    ...lintAllows(entitlement),
    ...lintServices(entitlement),
  ];
  return warnings.filter(({ rule }) => !isAcknowledged(value, rule));
}

function unnamed({ value, error }: Located<Entitlement>): readonly BundleWarning[] {
  if (!Object.hasOwn(value.acknowledged ?? {}, UNNAMED)) return [];
  const message = 'names no warning and silences none; write acknowledged: { <rule>: <reason> }';
  return [{ ...error(['acknowledged'], message), rule: 'acknowledges-nothing' }];
}

function whyUnobtainable(
  { id, approval }: Entitlement,
  policies: readonly LocatedPolicy[],
  reach: readonly Reach[],
): string | null {
  const effectOf = new Map(policies.map((policy) => [policy.id, policy.effect]));
  const could = (action: 'request' | 'autoApprove') => {
    const found = reach.find((one) => one.action === action && one.resource === id);
    return {
      permit: (found?.policies ?? []).some((policy) => effectOf.get(policy) === 'permit'),
      forbid: (found?.always ?? []).find((policy) => effectOf.get(policy) === 'forbid'),
    };
  };
  const request = could('request');
  if (!request.permit)
    return 'no policy permits request on it; write one, or remove the entitlement';
  if (request.forbid !== undefined) {
    return `policy '${request.forbid}' forbids every request for it; narrow that policy`;
  }
  const auto = could('autoApprove');
  if (approval !== undefined || (auto.permit && auto.forbid === undefined)) return null;
  return 'it has no approval, and no policy permits autoApprove on it; add one of the two';
}
