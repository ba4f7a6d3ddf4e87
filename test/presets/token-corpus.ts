import { awsClaims, PERMISSION_SET, PERSON } from '../support/aws-claims.ts';

/** Tokens in the shapes that providers document, and who the broker takes their bearers for. */
export type TokenRow = {
  readonly what: string;
  /** The preset whose entries read the token, or entries as in issuers.yaml. */
  readonly issuers: string;
  /** Changes to the preset's token of the documented shape; null removes a claim. */
  readonly claims: Readonly<Record<string, unknown>>;
  readonly becomes?: {
    readonly id: string;
    readonly type?: 'User' | 'Workload';
    readonly name?: string;
    /** Without the issuer's id. */
    readonly groups?: readonly string[];
    readonly tags?: Readonly<Record<string, string>>;
    readonly mfa?: boolean;
  };
  /** Whether the bearer is a machine, which no entry may take for a person. */
  readonly machine?: true;
  /** What the 401 says. */
  readonly refused?: RegExp;
};

const T = '11111111-0000-0000-0000-000000000000';
const ANA = '33333333-0000-0000-0000-000000000000';
const APP = '66666666-0000-0000-0000-000000000000';

const ENTRA: readonly TokenRow[] = [
  {
    what: 'Entra ID, version 2, a person with groups',
    issuers: 'entra',
    claims: {},
    becomes: {
      id: `entra:${T}/${ANA}`,
      type: 'User',
      name: 'ana@acme.example',
      groups: ['55555555-0000-0000-0000-000000000000'],
      mfa: false,
    },
  },
  {
    what: 'Entra ID, a person in no group',
    issuers: 'entra',
    claims: { groups: null },
    becomes: { id: `entra:${T}/${ANA}`, groups: [] },
  },
  {
    what: 'Entra ID, a person in more than 200 groups',
    issuers: 'entra',
    claims: {
      groups: null,
      _claim_names: { groups: 'src1' },
      _claim_sources: {
        src1: { endpoint: 'https://graph.microsoft.com/v1.0/users/x/getMemberObjects' },
      },
    },
    refused: /does not hold the claim 'groups', but points to it \('_claim_names'\)/,
  },
  {
    what: 'Entra ID, the same by the implicit flow',
    issuers: 'entra',
    claims: { groups: null, hasgroups: true },
    refused: /points to it \('hasgroups'\)/,
  },
  {
    what: 'Entra ID, a guest, whose home is another tenant',
    issuers: 'entra',
    claims: { idp: 'https://sts.windows.net/99999999-0000-0000-0000-000000000000/' },
    becomes: { id: `entra:${T}/${ANA}`, type: 'User' },
  },
  {
    what: 'Entra ID, an application',
    issuers: 'entra',
    machine: true,
    claims: {
      idtyp: 'app',
      oid: APP,
      groups: null,
      preferred_username: null,
      scp: null,
      roles: ['read'],
    },
    becomes: { id: `entra-apps:${T}/${APP}`, type: 'Workload', groups: [] },
  },
  {
    what: 'Entra ID, an application, where the optional claim is not set up',
    issuers: 'entra',
    machine: true,
    claims: { idtyp: null, groups: null, preferred_username: null, scp: null, roles: ['read'] },
    refused: /it has no claim 'idtyp', which this broker asks for/,
  },
  {
    what: 'Entra ID, an ID token, where its entry asks for the optional claim of ID tokens',
    issuers: `- { id: entra, type: User, url: 'https://login.microsoftonline.com/${T}/v2.0', audience: cli, when: { acct: ['0', '1'] }, subject: [tid, oid], name: preferred_username }`,
    claims: {
      ...{ iss: `https://login.microsoftonline.com/${T}/v2.0`, aud: 'cli', ver: '2.0' },
      ...{ tid: T, oid: ANA, acct: 0 },
    },
    becomes: { id: `entra:${T}/${ANA}`, type: 'User' },
  },
  {
    what: 'Entra ID, an application with a token for that client',
    issuers: `- { id: entra, type: User, url: 'https://login.microsoftonline.com/${T}/v2.0', audience: cli, when: { acct: ['0', '1'] }, subject: [tid, oid], name: preferred_username }`,
    machine: true,
    claims: {
      ...{ iss: `https://login.microsoftonline.com/${T}/v2.0`, aud: 'cli', ver: '2.0' },
      ...{ tid: T, oid: ANA, azp: 'other' },
    },
    refused: /it has no claim 'acct', which this broker asks for/,
  },
  {
    what: 'Entra ID, a kind of token that no entry is for',
    issuers: 'entra',
    claims: { idtyp: 'device' },
    refused: /its claim 'idtyp' has a value that this broker does not accept/,
  },
  {
    what: 'Entra ID, version 1',
    issuers: 'entra',
    claims: { iss: `https://sts.windows.net/${T}/`, ver: '1.0', amr: ['pwd', 'mfa'] },
    refused: /its issuer \(iss\) is not one that this broker trusts/,
  },
  {
    what: 'Entra ID, another tenant',
    issuers: 'entra',
    claims: { iss: 'https://login.microsoftonline.com/99999999-0000-0000-0000-000000000000/v2.0' },
    refused: /its issuer \(iss\) is not one that this broker trusts/,
  },
  {
    what: 'Entra ID, version 1 where its entry says so, with a second factor',
    issuers: `- { id: entra, type: User, url: 'https://sts.windows.net/${T}/', audience: 'api://valetkey', subject: [tid, oid], name: upn, groups: [groups, roles], mfa: { amr: [mfa] } }`,
    claims: {
      ...{
        iss: `https://sts.windows.net/${T}/`,
        aud: 'api://valetkey',
        ver: '1.0',
        tid: T,
        oid: ANA,
      },
      ...{ upn: 'ana@acme.example', amr: ['pwd', 'mfa'], groups: ['g-1'], roles: ['Deployer'] },
    },
    becomes: { id: `entra:${T}/${ANA}`, groups: ['g-1', 'Deployer'], mfa: true },
  },
];

const PEOPLE: readonly TokenRow[] = [
  {
    what: 'Okta, an access token of a custom authorization server',
    issuers: 'okta',
    claims: {},
    becomes: {
      id: 'okta:00u0000000000000000',
      name: 'ana@acme.example',
      groups: ['platform', 'everyone'],
      mfa: true,
    },
  },
  {
    what: 'Okta, a person with a new e-mail address',
    issuers: 'okta',
    claims: { sub: 'anna@acme.example' },
    becomes: { id: 'okta:00u0000000000000000', name: 'anna@acme.example' },
  },
  {
    what: 'Okta, a password alone',
    issuers: 'okta',
    claims: { amr: ['pwd'] },
    becomes: { id: 'okta:00u0000000000000000', mfa: false },
  },
  {
    what: 'Okta, client credentials, which have no user',
    issuers: 'okta',
    machine: true,
    claims: { uid: null, sub: '0oa0000000000000000', scp: ['read'] },
    refused: /no usable claim 'uid'/,
  },
  {
    what: 'Okta, a token of the org authorization server',
    issuers: 'okta',
    claims: { iss: 'https://acme.okta.example', aud: 'https://acme.okta.example' },
    refused: /its issuer \(iss\) is not one that this broker trusts/,
  },
  {
    what: 'Keycloak, groups and realm roles',
    issuers: 'keycloak',
    claims: {},
    becomes: {
      id: 'keycloak:f5d8e9b2-0000-0000-0000-000000000000',
      name: 'ana',
      groups: ['platform', 'offline_access', 'uma_authorization', 'deployer'],
      mfa: true,
    },
  },
  {
    what: 'Keycloak, a realm without roles in its tokens',
    issuers: 'keycloak',
    claims: { realm_access: null },
    becomes: { id: 'keycloak:f5d8e9b2-0000-0000-0000-000000000000', groups: ['platform'] },
  },
  {
    what: 'Keycloak, the service account of another client',
    issuers: 'keycloak',
    machine: true,
    claims: {
      ...{ azp: 'reports', client_id: 'reports', clientHost: '192.0.2.10', sid: null },
      ...{ preferred_username: 'service-account-reports', amr: null, auth_time: null },
    },
    refused: /its claim 'azp' has a value that this broker does not accept/,
  },
  {
    what: 'Keycloak, a token that names no client',
    issuers: 'keycloak',
    machine: true,
    claims: { azp: null },
    refused: /it has no claim 'azp', which this broker asks for/,
  },
  {
    what: 'Keycloak, groups with their full path, which are other groups',
    issuers: 'keycloak',
    claims: { groups: ['/platform'], realm_access: null },
    becomes: { id: 'keycloak:f5d8e9b2-0000-0000-0000-000000000000', groups: ['/platform'] },
  },
  {
    what: 'Keycloak, realm roles that are no list',
    issuers: 'keycloak',
    claims: { realm_access: { roles: { deployer: true } } },
    refused: /the claim 'realm-roles' must be a list of texts, or one text/,
  },
  {
    what: 'Keycloak, realm roles in a claim that is no object',
    issuers: 'keycloak',
    claims: { realm_access: ['deployer'] },
    refused: /the claim 'realm-roles' cannot be read: 'realm_access' is not an object/,
  },
  {
    what: 'Keycloak, without the audience mapper',
    issuers: 'keycloak',
    claims: { aud: 'account' },
    refused: /its audience \(aud\) is not 'valetkey'/,
  },
  {
    what: 'Keycloak, a lightweight access token',
    issuers: 'keycloak',
    claims: { sub: null },
    refused: /no usable claim 'sub'/,
  },
  {
    what: 'Keycloak, roles of a client and a level of assurance',
    issuers: `- { id: sso, type: User, url: 'https://sso.acme.example/realms/acme', audience: valetkey, claims: { roles: [resource_access, valetkey, roles] }, subject: [sub], name: preferred_username, groups: roles, mfa: { acr: ['2'] } }`,
    claims: {
      ...{ iss: 'https://sso.acme.example/realms/acme', aud: ['valetkey'], sub: 'f5d8', acr: '2' },
      resource_access: {
        valetkey: { roles: ['deployer'] },
        account: { roles: ['manage-account'] },
      },
    },
    becomes: { id: 'sso:f5d8', groups: ['deployer'], mfa: true },
  },
  {
    what: 'Auth0, claims whose names are URLs',
    issuers: 'auth0',
    claims: {},
    becomes: {
      id: 'auth0:auth0|5f7c8ec7c33c6c004bbafe82',
      name: 'ana@acme.example',
      groups: ['platform'],
      mfa: true,
    },
  },
  {
    what: 'Auth0, without the Action',
    issuers: 'auth0',
    claims: {
      'https://acme.example/groups': null,
      'https://acme.example/amr': null,
      'https://acme.example/email': null,
    },
    becomes: {
      id: 'auth0:auth0|5f7c8ec7c33c6c004bbafe82',
      name: 'auth0:auth0|5f7c8ec7c33c6c004bbafe82',
      groups: [],
      mfa: false,
    },
  },
  {
    what: 'Auth0, a machine-to-machine application',
    issuers: 'auth0',
    machine: true,
    claims: {
      ...{ aud: 'valetkey', sub: 'BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB@clients', scope: 'read' },
      ...{ azp: 'BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB', gty: 'client-credentials' },
    },
    refused: /its claim 'azp' has a value that this broker does not accept/,
  },
  {
    what: 'Auth0, the same with the profile of RFC 9068',
    issuers: 'auth0',
    machine: true,
    claims: {
      ...{ aud: 'valetkey', sub: 'BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB@clients', azp: null },
      ...{ client_id: 'BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB' },
    },
    refused: /it has no claim 'azp', which this broker asks for/,
  },
  {
    what: 'Auth0, groups under the plain name, which nobody may add',
    issuers: 'auth0',
    claims: { 'https://acme.example/groups': null, groups: ['platform'] },
    becomes: { id: 'auth0:auth0|5f7c8ec7c33c6c004bbafe82', groups: [] },
  },
  {
    what: 'Cognito, an ID token',
    issuers: 'cognito',
    claims: {},
    becomes: {
      id: 'cognito:aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee',
      groups: ['platform'],
      mfa: false,
    },
  },
  {
    what: 'Cognito, an access token, which names its client and no audience',
    issuers: 'cognito',
    claims: { aud: null, client_id: '1example23456789', token_use: 'access' },
    refused: /its claim 'token_use' has a value that this broker does not accept/,
  },
  {
    what: 'Cognito, an access token of a machine for a resource server',
    issuers: 'cognito',
    machine: true,
    claims: {
      ...{ sub: '9example', client_id: '9example', token_use: 'access', scope: 'api/read' },
      ...{ 'cognito:groups': null, 'cognito:username': null, email: null },
    },
    refused: /its claim 'token_use' has a value that this broker does not accept/,
  },
  {
    what: 'Google, a service account of anybody, which asked for our audience',
    issuers: 'google',
    machine: true,
    claims: {
      ...{ azp: '330169484474386276336', sub: '330169484474386276336', hd: null },
      email: 'reports@other.iam.example',
    },
    refused: /its claim 'azp' has a value that this broker does not accept/,
  },
  {
    what: 'Google, an account of the company',
    issuers: 'google',
    claims: {},
    becomes: { id: 'google:110169484474386276334', tags: { hd: 'acme.example' }, groups: [] },
  },
  {
    what: 'Google, a private account',
    issuers: 'google',
    claims: { hd: null, sub: '220169484474386276335', email: 'ana@gmail.example' },
    becomes: { id: 'google:220169484474386276335', tags: {} },
  },
  {
    what: 'Google, another client',
    issuers: 'google',
    claims: { aud: '2000-xyz.apps.googleusercontent.com' },
    refused: /its audience \(aud\) is not '1000-abc/,
  },
  {
    what: 'groups in one text, as OAuth scopes are',
    issuers: `- { id: sso, type: User, url: 'https://sso.acme.example', audience: [valetkey, 'api://valetkey'], subject: [sub], name: sub, groups: scope, groupSeparator: ' ' }`,
    claims: {
      iss: 'https://sso.acme.example',
      aud: 'api://valetkey',
      sub: 'ana',
      scope: 'read  write',
    },
    becomes: { id: 'sso:ana', groups: ['read', 'write'] },
  },
];

const ACME = '11111111-0000-0000-0000-000000000000';

const JOBS: readonly TokenRow[] = [
  {
    what: 'GitHub, a push',
    issuers: 'github',
    claims: {},
    becomes: {
      id: 'github:1001/2002',
      type: 'Workload',
      name: 'acme/shop',
      tags: {
        repository_owner_id: '1001',
        ref: 'refs/heads/main',
        ref_protected: 'true',
        event_name: 'push',
        job_workflow_ref: 'acme/shop/.github/workflows/deploy.yml@refs/heads/main',
        run_id: '4711',
        run_attempt: '1',
        actor_id: '3003',
        runner_environment: 'github-hosted',
      },
    },
  },
  {
    what: 'GitHub, a renamed repository, and ids in the subject',
    issuers: 'github',
    claims: { repository: 'acme/store', sub: 'repo:acme@1001/store@2002:ref:refs/heads/main' },
    becomes: { id: 'github:1001/2002', name: 'acme/store' },
  },
  {
    what: 'GitHub, an issuer of an enterprise',
    issuers: 'github',
    claims: { iss: 'https://token.actions.githubusercontent.com/acme' },
    refused: /its issuer \(iss\) is not one that this broker trusts/,
  },
  {
    what: 'GitHub, the default audience',
    issuers: 'github',
    claims: { aud: 'https://github.com/acme' },
    refused: /its audience \(aud\) is not 'valetkey'/,
  },
  {
    what: 'GitLab, a branch; groups of the user are not read',
    issuers: 'gitlab',
    claims: { groups_direct: ['acme/platform'] },
    becomes: { id: 'gitlab:1001/2002', name: 'acme/shop', groups: [] },
  },
  {
    what: 'GitLab, the old token without an audience of its own',
    issuers: 'gitlab',
    claims: { aud: 'https://gitlab.com' },
    refused: /its audience \(aud\) is not 'valetkey'/,
  },
  {
    what: 'Buildkite, with the ids',
    issuers: 'buildkite',
    claims: {},
    becomes: {
      id: `buildkite:${ACME}/22222222-0000-0000-0000-000000000000`,
      name: 'shop',
      tags: {
        build_branch: 'main',
        build_source: 'webhook',
        step_key: 'deploy',
        build_id: '33333333-0000-0000-0000-000000000000',
        job_id: '44444444-0000-0000-0000-000000000000',
        runner_environment: 'self-hosted',
      },
    },
  },
  {
    what: 'Buildkite, without the ids, which the job did not ask for',
    issuers: 'buildkite',
    claims: { organization_id: null, pipeline_id: null, build_id: null },
    refused: /no usable claim 'organization_id'/,
  },
  {
    what: 'CircleCI, where a claim is a boolean',
    issuers: 'circleci',
    claims: {},
    becomes: {
      id: 'circleci:22222222-0000-0000-0000-000000000000',
      tags: {
        'oidc.circleci.com/vcs-origin': 'github.com/acme/shop',
        'oidc.circleci.com/vcs-ref': 'refs/heads/main',
        'oidc.circleci.com/job-id': '44444444-0000-0000-0000-000000000000',
        'oidc.circleci.com/ssh-rerun': 'false',
      },
    },
  },
  {
    what: 'CircleCI, where a tag is a list',
    issuers: `- { id: circleci, type: Workload, url: 'https://oidc.circleci.com/org/${ACME}', audience: valetkey, subject: [oidc.circleci.com/project-id], name: sub, tags: [oidc.circleci.com/context-ids] }`,
    claims: {
      ...{ iss: `https://oidc.circleci.com/org/${ACME}`, aud: ['valetkey'], sub: 'org/x' },
      'oidc.circleci.com/project-id': 'p-1',
      'oidc.circleci.com/context-ids': ['c-1', 'c-2'],
    },
    becomes: { id: 'circleci:p-1', tags: { 'oidc.circleci.com/context-ids': '|c-1|c-2|' } },
  },
  {
    what: 'Bitbucket, whose ids have braces',
    issuers: 'bitbucket',
    claims: {},
    becomes: {
      id: `bitbucket:%7B${ACME}%7D/%7B22222222-0000-0000-0000-000000000000%7D`,
      name: '{22222222-0000-0000-0000-000000000000}',
    },
  },
  {
    what: 'Bitbucket, the default audience',
    issuers: 'bitbucket',
    claims: { aud: `ari:cloud:bitbucket::workspace/${ACME}` },
    refused: /its audience \(aud\) is not 'valetkey'/,
  },
  {
    what: 'Azure DevOps, a pipeline',
    issuers: 'azure-devops',
    claims: {},
    becomes: {
      id: `azure-devops:${ACME}/22222222-0000-0000-0000-000000000000/7`,
      name: 'p://acme/shop/deploy',
    },
  },
  {
    what: 'Azure DevOps, a service connection, which names no pipeline',
    issuers: 'azure-devops',
    claims: {
      ...{ sub: 'sc://acme/shop/connection', org_id: null, prj_id: null, def_id: null },
      ...{ rpo_id: null, rpo_uri: null, rpo_ver: null, rpo_ref: null, run_id: null },
    },
    refused: /no usable claim 'org_id'/,
  },
  {
    what: 'HCP Terraform, a plan',
    issuers: 'hcp-terraform',
    claims: { terraform_run_phase: 'plan' },
    becomes: {
      id: 'hcp-terraform:org-GRNbCjYNpBB6NEH9/ws-mbsd5E3Ktt5Rg2Xm',
      tags: {
        terraform_run_phase: 'plan',
        terraform_project_id: 'prj-vegSA59s1XPwMr2t',
        terraform_run_id: 'run-X3n1AUXNGWbfECsJ',
      },
    },
  },
  {
    what: 'Spacelift, a run of a stack',
    issuers: 'spacelift',
    claims: {},
    becomes: { id: 'spacelift:shops-01HZXC5K9Y2V8J4T6R3N7Q1M0B/stack/shop', name: 'shop' },
  },
  {
    what: 'Kubernetes, a projected token',
    issuers: 'kubernetes',
    claims: {},
    becomes: {
      id: 'kubernetes:8145a6d5-4932-48e9-86b5-7c33eb9d6ad1',
      name: 'system:serviceaccount:shop:deployer',
      tags: { namespace: 'shop', pod: '0d64402f-5c87-469c-b441-8bd332b1bd07' },
    },
  },
  {
    what: 'Kubernetes, a token that is bound to no pod',
    issuers: 'kubernetes',
    claims: {
      'kubernetes.io': { namespace: 'shop', serviceaccount: { name: 'deployer', uid: '8145a6d5' } },
    },
    becomes: { id: 'kubernetes:8145a6d5', tags: { namespace: 'shop' } },
  },
  {
    what: 'Kubernetes, the token for the cluster itself',
    issuers: 'kubernetes',
    claims: { aud: ['https://kubernetes.default.svc'] },
    refused: /its audience \(aud\) is not 'valetkey'/,
  },
  {
    what: 'Kubernetes, a token of a secret, as before version 1.24',
    issuers: 'kubernetes',
    claims: { iss: 'kubernetes/serviceaccount', aud: null, exp: null },
    refused: /its issuer \(iss\) is not one that this broker trusts/,
  },
  {
    what: 'a token without an end',
    issuers: 'kubernetes',
    claims: { exp: null },
    refused: /its claim 'exp' is missing or not valid/,
  },
  {
    what: 'SPIFFE, a JWT-SVID',
    issuers: 'spiffe',
    claims: {},
    becomes: { id: 'spiffe:spiffe://acme.example/ns/shop/sa/deployer', type: 'Workload' },
  },
  {
    what: 'SPIFFE, a JWT-SVID without an issuer',
    issuers: 'spiffe',
    claims: { iss: null },
    refused: /it names no issuer \(iss\)/,
  },
];

const AWS: readonly TokenRow[] = [
  {
    what: 'AWS, a person of IAM Identity Center',
    issuers: 'aws',
    claims: awsClaims({}),
    becomes: {
      id: `aws-people:${PERSON}`,
      type: 'User',
      tags: { role: PERMISSION_SET },
      mfa: false,
    },
  },
  {
    what: 'AWS, a role',
    issuers: 'aws',
    machine: true,
    claims: awsClaims({
      principal_id: 'arn:aws:iam::111122223333:role/reports',
      identity_store_user_id: undefined,
      principal_tags: { team: 'data' },
      request_tags: { team: 'other' },
    }),
    becomes: {
      id: 'aws:arn:aws:iam::111122223333:role/reports',
      type: 'Workload',
      tags: { role: 'arn:aws:iam::111122223333:role/reports' },
    },
  },
  {
    what: 'AWS, a role that the broker does not list',
    issuers: 'aws',
    claims: awsClaims({ principal_id: 'arn:aws:iam::111122223333:role/other' }),
    refused: /its claim 'role' has a value that this broker does not accept/,
  },
  {
    what: 'AWS, another account',
    issuers: 'aws',
    claims: { iss: 'https://99999999-0000-0000-0000-000000000000.tokens.sts.global.api.aws' },
    refused: /its issuer \(iss\) is not one that this broker trusts/,
  },
];

export const TOKENS: readonly TokenRow[] = [...ENTRA, ...PEOPLE, ...JOBS, ...AWS];
