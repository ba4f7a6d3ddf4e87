import type { Entitlement } from '../entitlement.ts';
import { sha256 } from '../ids.ts';
import type { Issuer } from '../issuer.ts';
import type { Limits } from '../limits.ts';
import { approverPolicies } from './approver-policies.ts';
import type { Bundle, BundleFiles, CompiledPolicy, Mentions } from './bundle.ts';
import { bundleSource } from './bundle-source.ts';
import { definitionHash } from './definition.ts';
import { samplesOf } from './pattern.ts';
import type { LocatedPolicy } from './policy-file.ts';
import type { Located } from './yaml-file.ts';

/** Makes plain data of a bundle's checked parts, for the Lambdas to carry as JSON. */
export function assemble(
  files: BundleFiles,
  entitlements: readonly Located<Entitlement>[],
  policies: readonly LocatedPolicy[],
  issuers: readonly Issuer[],
  limits: Limits,
): Bundle {
  const byId = <T extends { readonly id: string }>(items: readonly T[]): Record<string, T> =>
    Object.fromEntries(
      items.toSorted((a, b) => (a.id < b.id ? -1 : 1)).map((item) => [item.id, item]),
    );
  return {
    hash: sha256(bundleSource(files)),
    entitlements: byId(
      entitlements.map(({ value }) => ({
        ...value,
        hash: definitionHash(value),
        samples: samplesOf(value),
        readsHistory: policies.some((policy) => reads('history', policy, value.id)),
        readsSignals: policies.some((policy) => reads('signals', policy, value.id)),
      })),
    ),
    policies: byId(policies.map(compiled)),
    approverPolicies: entitlements.flatMap(({ value }) => approverPolicies(value)),
    issuers,
    limits,
    mentions: allMentions(policies),
  };
}

function reads(
  attribute: 'history' | 'signals',
  { mentions, head }: LocatedPolicy,
  entitlement: string,
): boolean {
  const couldApply =
    head.resource === null || head.resource === `ValetKey::Entitlement::${entitlement}`;
  return couldApply && mentions.attributes.includes(attribute);
}

function allMentions(policies: readonly LocatedPolicy[]): Mentions {
  const all = (field: keyof Mentions): readonly string[] =>
    [...new Set(policies.flatMap(({ mentions }) => mentions[field]))].sort();
  return { attributes: all('attributes'), networks: all('networks'), tickets: all('tickets') };
}

function compiled({ id, effect, advice, head, text, file, line }: LocatedPolicy): CompiledPolicy {
  return { id, effect, advice, head, text, place: `${file}:${line}` };
}
