import type { LocatedPolicy } from '../bundle/policy-file.ts';
import { type PublicIssuer, publicIssuer } from '../bundle/public-issuers.ts';
import { type Issuer, subjectShape } from '../issuer.ts';
import type { Condition } from './condition.ts';
import { acceptsOwnersOnly, claimOf, fits, pins } from './fits-issuer.ts';
import { acceptableWarning, type BundleWarning } from './lint-warning.ts';
import type { Reach } from './policy-analyst.ts';

/** A policy of the bundle with what it asks about its principal. */
export type Examined = { readonly policy: LocatedPolicy; readonly condition: Condition };

/**
 * Warns of permits that apply to everybody to whom a public issuer gives tokens. Automatic approval alone is no
 * access, so it counts only through the permit to request.
 */
export function lintStrangers(
  policies: readonly Examined[],
  issuers: readonly Issuer[],
  reach: readonly Reach[],
): readonly BundleWarning[] {
  const open = issuers.flatMap((issuer) => {
    const row = publicIssuer(issuer);
    return row === null || acceptsOwnersOnly(issuer) ? [] : [{ issuer, row }];
  });
  return policies.flatMap(({ policy, condition }) => {
    if (policy.effect === 'forbid') return [];
    return open.flatMap(({ issuer, row }) => {
      if (!fits(condition, issuer) || pins(condition, issuer, { names: true })) return [];
      const places = reach.filter(
        ({ action, policies: ids }) =>
          action !== 'autoApprove' &&
          ids.includes(policy.id) &&
          !policies.some(
            (other) => ids.includes(other.policy.id) && keepsStrangersOut(other, issuer),
          ),
      );
      if (places.length === 0) return [];
      return acceptableWarning(
        policy,
        'open-to-strangers',
        `permits ${what(places)} to ${row.who}: all of them get tokens from issuer '${issuer.id}'; ${remedy(issuer, row)}`,
      );
    });
  });
}

/** Whether a forbid stops all principals of the issuer but those of named owners. */
function keepsStrangersOut({ policy, condition }: Examined, issuer: Issuer): boolean {
  return policy.effect === 'forbid' && pins(condition, issuer, { truth: false, names: true });
}

function what(places: readonly Reach[]): string {
  const names = (values: readonly string[]) => [...new Set(values)].join(', ');
  const on = names(places.map(({ resource }) => resource));
  return `${names(places.map(({ action }) => action))} on ${on}`;
}

function remedy(issuer: Issuer, { owners }: PublicIssuer): string {
  const principal = `name them: principal == ValetKey::${issuer.type}::"${issuer.id}:${subjectShape(issuer)}"`;
  const [first] = owners;
  if (first === undefined) return principal;
  const tag = (issuer.tags ?? []).find((one) => owners.includes(claimOf(issuer, one)));
  const name = tag ?? first;
  const list = tag === undefined ? `, with ${name} under tags in issuers.yaml` : '';
  return `say whose: principal.hasTag("${name}") && principal.getTag("${name}") == "<${name}>"${list}, or ${principal}`;
}
