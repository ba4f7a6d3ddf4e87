import type { Credentials } from '../broker/answers.ts';
import { regionOf } from './aws-files.ts';
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
export function scrubbed(env: Env, grantId: string): Record<string, string> {
  const dropped: readonly string[] = [...CONFLICTING, ...OURS];
  const kept = Object.entries(env).flatMap(([name, value]) =>
    value === undefined || dropped.includes(name.toUpperCase()) ? [] : [[name, value] as const],
  );
  return { ...Object.fromEntries(kept), ...regionKept(env), VALETKEY_GRANT: grantId };
}

/** Keeps the Region of the profile, whose name is removed. */
function regionKept(env: Env): Record<string, string> {
  if (env['AWS_REGION'] || env['AWS_DEFAULT_REGION']) return {};
  const profile = env['AWS_PROFILE'] || env['AWS_DEFAULT_PROFILE'];
  const region = profile ? regionOf(profile, env) : null;
  return region === null ? {} : { AWS_REGION: region };
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
