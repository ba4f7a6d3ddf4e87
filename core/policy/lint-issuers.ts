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

type Warn = (
  rule: IssuerRule,
  path: readonly PropertyKey[],
  message: string,
) => readonly BundleWarning[];

/** Warns of issuers whose principals are not one for good, and whose tokens are meant for others. */
export function lintIssuers({
  value: issuers,
  error,
}: Located<readonly Issuer[]>): readonly BundleWarning[] {
  return issuers.flatMap((issuer, index) => {
    const warn: Warn = (rule, path, message) => {
      if (isAcknowledged(issuer, rule)) return [];
      const text = `${message}, or ${acknowledge(rule)}`;
      return [{ ...error(['issuers', index, ...path], text), rule }];
    };
    return [
      ...namesIn(issuer, warn),
      ...foreignAudiences(issuer, warn),
      ...peopleByDefault(issuer, issuers, warn),
      ...shared(issuer, index, error),
    ];
  });
}

function namesIn(issuer: Issuer, warn: Warn): readonly BundleWarning[] {
  const { subject, when } = issuer;
  const subjects = subject.flatMap((name, position) => {
    const instead = insteadOfName(issuer, claimOf(issuer, name));
    if (instead === null) return [];
    return warn(
      'name-as-subject',
      ['subject', position],
      `'${name}' is a name that can change and be given to somebody else, who is then the same principal; use ${instead}`,
    );
  });
  if (when === undefined) return subjects;
  const instead = insteadOfName(issuer, claimOf(issuer, when.claim));
  if (instead === null) return subjects;
  const message = `'${when.claim}' is a name that can change and be given to somebody else, whose tokens are then accepted; use ${instead}`;
  return [...subjects, ...warn('name-as-subject', ['when'], message)];
}

function foreignAudiences({ audience: all, url }: Issuer, warn: Warn): readonly BundleWarning[] {
  if (FIXED_AUDIENCE.test(url)) return [];
  return all.flatMap((audience, position) => {
    const whose = audienceOf(audience);
    if (whose === null) return [];
    return warn(
      'foreign-audience',
      ['audience', ...(all.length === 1 ? [] : [position])],
      `'${audience}' is the audience of tokens for ${whose}: whoever is handed one can present it to the broker, and the reverse; use an audience of the broker's own, such as valetkey`,
    );
  });
}

/** An entry for people without a `when` of its own takes what the workloads' entry of its URL, which has one, leaves to it. */
function peopleByDefault(
  { type, url, when }: Issuer,
  issuers: readonly Issuer[],
  warn: Warn,
): readonly BundleWarning[] {
  if (type !== 'User' || when !== undefined) return [];
  const marked = issuers.find((other) => other.type === 'Workload' && other.url === url);
  if (marked?.when === undefined) return [];
  const message = `takes for a person whoever's token lacks '${marked.when.claim}', which tells the tokens of '${marked.id}' apart; add a claim that only people's tokens have: when: { <claim>: <value> }`;
  return warn('people-by-default', [], message);
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
