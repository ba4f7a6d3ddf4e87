import { type Claims, sign, type TestIssuer } from './test-issuer.ts';

/**
 * Tokens of callers with different rights in the example bundle of `policy/`, and bodies for their
 * requests.
 */

/** In the platform group: allowed at once to read artifacts for up to an hour. */
export function ana(issuer: TestIssuer, claims: Claims = {}): Promise<string> {
  return person(issuer, { sub: 'ana', groups: ['platform'], ...claims });
}

/** A developer with a second factor: may request a table, which a person must approve. */
export function dev(issuer: TestIssuer, claims: Claims = {}): Promise<string> {
  return person(issuer, { sub: 'dev', groups: ['developers'], amr: ['mfa'], ...claims });
}

/** In the security group: may read all grants and request nothing. */
export function auditor(issuer: TestIssuer): Promise<string> {
  return person(issuer, { sub: 'sam', groups: ['security'] });
}

/** A job of acme/shop on its protected main branch. */
export function job(issuer: TestIssuer, claims: Claims = {}): Promise<string> {
  return sign({ iss: issuer.urls.github, ...JOB_CLAIMS, ...claims }, issuer.keys.RS256);
}

const JOB_CLAIMS: Claims = {
  sub: 'repo:acme/shop:ref:refs/heads/main',
  repository: 'acme/shop',
  repository_owner_id: '1001',
  repository_id: '2002',
  ref: 'refs/heads/main',
  ref_protected: 'true',
  event_name: 'push',
  run_id: '4711',
};

function person(issuer: TestIssuer, claims: Claims): Promise<string> {
  const email = `${String(claims['sub'])}@acme.example`;
  return sign({ iss: issuer.urls.people, email, ...claims }, issuer.keys.RS256);
}

export const ARTIFACTS = {
  entitlement: 'artifacts-read',
  parameters: { prefix: 'releases/1' },
  durationSeconds: 1800,
  justification: 'roll back release 4711',
};

export const TABLE = {
  entitlement: 'database-admin',
  parameters: { table: 'orders' },
  durationSeconds: 900,
  justification: 'fix order 4711',
};

export const DEPLOY = {
  entitlement: 'service-deploy',
  parameters: { service: 'shop' },
  durationSeconds: 900,
};
