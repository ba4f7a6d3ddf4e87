import type { Issuer } from '../issuer.ts';

/**
 * Issuers that give tokens to anyone who opens an account, or to many organisations under one URL. A policy
 * that permits by such an issuer alone is open to all of them. Each row follows the page that it names.
 */
export type PublicIssuer = {
  readonly url: string;
  /** Who gets tokens, as the end of a sentence. */
  readonly who: string;
  /** Claims that say whose token it is, and are never reassigned; one of them is enough. */
  readonly owners: readonly string[];
  /** Claims that say the same by a name that can be changed or registered again, and what to use instead. */
  readonly names: Readonly<Record<string, string>>;
  /** Servers of one's own issue tokens with the same claims. */
  readonly selfManaged?: true;
  /** Each project has an issuer of its own, below this URL. */
  readonly below?: true;
  readonly source: string;
};

const HCP_TERRAFORM = {
  who: 'every organisation on HCP Terraform',
  owners: ['terraform_organization_id', 'terraform_project_id', 'terraform_workspace_id'],
  names: {
    sub: 'terraform_workspace_id',
    terraform_organization_name: 'terraform_organization_id',
    terraform_project_name: 'terraform_project_id',
    terraform_workspace_name: 'terraform_workspace_id',
  },
  source:
    'https://developer.hashicorp.com/terraform/cloud-docs/workspaces/dynamic-provider-credentials/workload-identity-tokens',
} as const;

export const PUBLIC_ISSUERS: readonly PublicIssuer[] = [
  {
    url: 'https://token.actions.githubusercontent.com',
    who: 'every repository on GitHub',
    owners: ['repository_owner_id', 'repository_id', 'enterprise_id'],
    names: {
      sub: 'repository_id',
      repository: 'repository_id',
      repository_owner: 'repository_owner_id',
      enterprise: 'enterprise_id',
      actor: 'actor_id',
    },
    selfManaged: true,
    source: 'https://docs.github.com/en/actions/reference/security/oidc',
  },
  {
    url: 'https://gitlab.com',
    who: 'every project and every account on GitLab.com',
    owners: ['namespace_id', 'project_id', 'job_namespace_id', 'job_project_id'],
    names: {
      sub: 'project_id',
      project_path: 'project_id',
      namespace_path: 'namespace_id',
      job_project_path: 'job_project_id',
      job_namespace_path: 'job_namespace_id',
      user_login: 'user_id',
      user_email: 'user_id',
    },
    selfManaged: true,
    source: 'https://docs.gitlab.com/ci/secrets/id_token_authentication/',
  },
  {
    url: 'https://agent.buildkite.com',
    who: 'every organisation on Buildkite',
    owners: ['organization_id', 'pipeline_id', 'cluster_id'],
    names: {
      sub: 'pipeline_id',
      organization_slug: 'organization_id',
      pipeline_slug: 'pipeline_id',
      cluster_name: 'cluster_id',
    },
    source: 'https://buildkite.com/docs/agent/v3/cli-oidc',
  },
  { url: 'https://app.terraform.io', ...HCP_TERRAFORM, selfManaged: true },
  { url: 'https://app.eu.terraform.io', ...HCP_TERRAFORM },
  {
    url: 'https://oidc.vercel.com',
    who: 'every team on Vercel',
    owners: ['owner_id', 'project_id'],
    names: { sub: 'project_id', owner: 'owner_id', project: 'project_id' },
    source: 'https://vercel.com/docs/oidc/reference',
  },
  {
    url: 'https://oidc.codefresh.io',
    who: 'every account on Codefresh',
    owners: ['account_id', 'pipeline_id'],
    names: { sub: 'pipeline_id', account_name: 'account_id', pipeline_name: 'pipeline_id' },
    source: 'https://codefresh.io/docs/docs/integrations/oidc-pipelines/',
  },
  {
    url: 'https://accounts.google.com',
    who: 'everyone with a Google account',
    owners: ['hd'],
    names: {},
    source: 'https://developers.google.com/identity/openid-connect/openid-connect',
  },
  {
    url: 'https://appleid.apple.com',
    who: 'everyone with an Apple account',
    owners: [],
    names: {},
    source: 'https://developer.apple.com/documentation/signinwithapple',
  },
  {
    url: 'https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0',
    who: 'everyone with a personal Microsoft account',
    owners: [],
    names: {},
    source: 'https://learn.microsoft.com/entra/identity-platform/id-token-claims-reference',
  },
  {
    url: 'https://securetoken.google.com',
    below: true,
    who: 'everyone who signs up with the Firebase project, which anybody can unless sign-up is turned off',
    owners: [],
    names: {},
    source: 'https://firebase.google.com/docs/auth/admin/verify-id-tokens',
  },
  {
    url: 'https://cognito-identity.amazonaws.com',
    who: 'everyone to whom the identity pool gives an identity, guests included where it allows them',
    owners: [],
    names: {},
    source:
      'https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/API_GetOpenIdToken.html',
  },
  {
    url: 'https://slack.com',
    who: 'every workspace on Slack',
    owners: ['https://slack.com/team_id'],
    names: {},
    source: 'https://docs.slack.dev/reference/methods/openid.connect.token',
  },
];

/** Claims that name people, and that providers change or give to somebody else. */
const NAMES_OF_PEOPLE = [
  'email',
  'mail',
  'preferred_username',
  'cognito:username',
  'user_name',
  'login',
  'upn',
  'unique_name',
  'username',
  'nickname',
  'name',
  'given_name',
  'family_name',
  'phone_number',
];

/** In tokens of these issuers, besides those in the table, `sub` is made of names. */
const SUB_OF_NAMES = [
  /^https:\/\/token\.actions\.githubusercontent\.com\/./,
  /\/_services\/token$/,
  /^https:\/\/vstoken\.dev\.azure\.com\//,
];

type Addressed = Pick<Issuer, 'url' | 'type'>;

export function publicIssuer({ url }: Pick<Issuer, 'url'>): PublicIssuer | null {
  const plain = url.replace(/\/$/, '');
  const found = PUBLIC_ISSUERS.find(
    (row) => row.url === plain || (row.below === true && plain.startsWith(`${row.url}/`)),
  );
  return found ?? null;
}

/** Claims that say whose a workload is by an id, for any issuer: a self-managed server has those of the public one. */
export function ownersOf(issuer: Addressed): readonly string[] {
  return publicIssuer(issuer)?.owners ?? ALL_OWNERS;
}

const ALL_OWNERS = [...new Set(PUBLIC_ISSUERS.flatMap(({ owners }) => owners))];

/**
 * What to use instead of a claim of the issuer's tokens that is only a name.
 *
 * @returns null where the claim is not known to be a name.
 */
export function insteadOfName(issuer: Addressed, claim: string): string | null {
  const row = publicIssuer(issuer);
  if (issuer.type === 'Workload') {
    const rows = row === null ? SELF_MANAGED : [row];
    const listed = rows.find(({ names }) => Object.hasOwn(names, claim))?.names[claim];
    if (listed !== undefined && (claim !== 'sub' || row !== null)) return listed;
    if (claim === 'sub') return SUB_OF_NAMES.some((url) => url.test(issuer.url)) ? IDS : null;
  }
  return NAMES_OF_PEOPLE.includes(claim) ? 'sub' : null;
}

const SELF_MANAGED = PUBLIC_ISSUERS.filter(({ selfManaged }) => selfManaged);
const IDS = 'the ids of the owner and the project';
