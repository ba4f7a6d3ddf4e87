import { insteadOfName } from '../bundle/public-issuers.ts';
import type { Located } from '../bundle/yaml-file.ts';
import type { Issuer } from '../issuer.ts';
import { claimOf } from './fits-issuer.ts';
import {
  acknowledge,
  type BundleWarning,
  type IssuerRule,
  isAcknowledged,
} from './lint-warning.ts';

/** Warns of issuers whose principals are not one for good, and whose tokens are meant for others. */
export function lintIssuers({
  value: issuers,
  error,
}: Located<readonly Issuer[]>): readonly BundleWarning[] {
  return issuers.flatMap((issuer, index) => {
    const warn = (
      rule: IssuerRule,
      path: readonly PropertyKey[],
      message: string,
    ): readonly BundleWarning[] =>
      isAcknowledged(issuer, rule)
        ? []
        : [
            {
              ...error(['issuers', index, ...path], `${message}, or ${acknowledge(rule)}`),
              rule,
            },
          ];
    const subjects = issuer.subject.flatMap((name, position) => {
      const instead = insteadOfName(issuer, claimOf(issuer, name));
      if (instead === null) return [];
      return warn(
        'name-as-subject',
        ['subject', position],
        `'${name}' is a name that can change and be given to somebody else, who is then the same principal; use ${instead}`,
      );
    });
    const { when } = issuer;
    const told = when === undefined ? null : insteadOfName(issuer, claimOf(issuer, when.claim));
    const chosen =
      told === null || when === undefined
        ? []
        : warn(
            'name-as-subject',
            ['when'],
            `'${when.claim}' is a name that can change and be given to somebody else, whose tokens are then accepted; use ${told}`,
          );
    const audiences = issuer.audience.flatMap((audience, position) => {
      const whose = audienceOf(audience);
      if (whose === null || FIXED_AUDIENCE.test(issuer.url)) return [];
      const path = ['audience', ...(issuer.audience.length === 1 ? [] : [position])];
      return warn(
        'foreign-audience',
        path,
        `'${audience}' is the audience of tokens for ${whose}: whoever is handed one can present it to the broker, and the reverse; use an audience of the broker's own, such as valetkey`,
      );
    });
    const marked = markedWorkload(issuer, issuers);
    const anybody =
      marked === null
        ? []
        : warn(
            'people-by-default',
            [],
            `takes for a person whoever's token lacks '${marked.claim}', which tells the tokens of '${marked.id}' apart; add a claim that only people's tokens have: when: { <claim>: <value> }`,
          );
    return [...subjects, ...chosen, ...audiences, ...anybody, ...shared(issuer, index, error)];
  });
}

/** The workloads whose tokens an entry for people, without a `when` of its own, leaves to another entry. */
function markedWorkload({ type, url, when }: Issuer, issuers: readonly Issuer[]) {
  if (type !== 'User' || when !== undefined) return null;
  const marked = issuers.find(
    (other) => other.type === 'Workload' && other.url === url && other.when !== undefined,
  );
  return marked?.when === undefined ? null : { id: marked.id, claim: marked.when.claim };
}

/** Entra's URLs for all tenants are no issuers: `iss` in tokens has the tenant's id. */
function shared(
  { url }: Issuer,
  index: number,
  error: Located<readonly Issuer[]>['error'],
): readonly BundleWarning[] {
  if (!/^https:\/\/login\.microsoftonline\.com\/(common|organizations|consumers)\//.test(url)) {
    return [];
  }
  const message =
    "is Entra's URL for every tenant, and no token names it as its issuer; write your tenant's id: https://login.microsoftonline.com/<tenant id>/v2.0";
  return [{ ...error(['issuers', index, 'url'], message), rule: 'never-applies' }];
}

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html */
const AUDIENCES: readonly (readonly [RegExp, string])[] = [
  [/^(https:\/\/)?(sts|signin)\.([a-z0-9-]+\.)?amazonaws\.(com(\.cn)?|eu)$/, 'AWS'],
  [/^aws\.workload\.identity$/, 'AWS (HCP Terraform)'],
  [/^[a-z]+\.workload\.identity$/, 'another service (HCP Terraform)'],
  [/^api:\/\/AzureADTokenExchange/, 'Azure'],
  [/^(https:)?\/\/iam\.googleapis\.com\//, 'Google Cloud'],
  [/^https:\/\/github\.com\/[^/]+$/, 'whatever names none (GitHub)'],
  [/^https:\/\/gitlab\.com$/, 'whatever names none (GitLab)'],
  [/^sigstore$/, 'Sigstore'],
];

/** Azure DevOps puts Azure's audience into all of its tokens, and can put in no other. */
const FIXED_AUDIENCE = /^https:\/\/vstoken\.dev\.azure\.com\//;

function audienceOf(audience: string): string | null {
  return AUDIENCES.find(([pattern]) => pattern.test(audience))?.[1] ?? null;
}
