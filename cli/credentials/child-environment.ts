import type { Credentials, Grant } from '../broker/answers.ts';
import type { Endpoint } from './endpoint.ts';

type Env = Readonly<Record<string, string | undefined>>;

/**
 * The variables that SDKs prefer to the credentials endpoint, or use with it.
 *
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html
 */
export const CONFLICTING = [
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_SECURITY_TOKEN',
  // Second names that the SDKs for Go, Java and Ruby accept.
  'AWS_ACCESS_KEY',
  'AWS_SECRET_KEY',
  'AMAZON_ACCESS_KEY_ID',
  'AMAZON_SECRET_ACCESS_KEY',
  'AMAZON_SESSION_TOKEN',
  // With it, calls of Amazon Bedrock are not signed with keys at all.
  'AWS_BEARER_TOKEN_BEDROCK',
  // The file of the first AWS tools, which boto3 still reads.
  'AWS_CREDENTIAL_FILE',
  'AWS_CREDENTIAL_EXPIRATION',
  'AWS_PROFILE',
  'AWS_DEFAULT_PROFILE',
  'AWS_ROLE_ARN',
  'AWS_ROLE_SESSION_NAME',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE',
] as const;

/** With this token the child could request more grants. */
const OURS = ['VALETKEY_TOKEN'];

/** The parent's environment without the variables that would take precedence over vended credentials. */
export function scrubbed(env: Env): Record<string, string> {
  const dropped: readonly string[] = [...CONFLICTING, ...OURS];
  const kept = Object.entries(env).flatMap(([name, value]) =>
    value === undefined || dropped.includes(name.toUpperCase()) ? [] : [[name, value] as const],
  );
  return Object.fromEntries(kept);
}

/**
 * The Region under both names: boto3 and the AWS CLI 1 read only `AWS_DEFAULT_REGION`, and most others only
 * `AWS_REGION`.
 *
 * @param ofProfile The Region of the profile that is in use, for an environment that names none.
 */
export function regionVariables(env: Env, ofProfile: string | null): Record<string, string> {
  const region = env['AWS_REGION'] || env['AWS_DEFAULT_REGION'] || ofProfile;
  if (region === null || region === '') return {};
  return {
    AWS_REGION: env['AWS_REGION'] || region,
    AWS_DEFAULT_REGION: env['AWS_DEFAULT_REGION'] || region,
  };
}

/** What prompts and scripts can show of the grant. Its end is that of the start: extensions move it. */
export function grantVariables({ id, entitlement, expiresAt }: Grant): Record<string, string> {
  return {
    VALETKEY_GRANT: id,
    VALETKEY_ENTITLEMENT: entitlement,
    ...(expiresAt !== null && { VALETKEY_EXPIRES_AT: expiresAt }),
  };
}

export function endpointVariables({ url, token }: Endpoint): Record<string, string> {
  return {
    AWS_CONTAINER_CREDENTIALS_FULL_URI: url,
    AWS_CONTAINER_AUTHORIZATION_TOKEN: token,
  };
}

export function credentialVariables(credentials: Credentials): Record<string, string> {
  return {
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken,
    AWS_CREDENTIAL_EXPIRATION: credentials.expiration,
  };
}
