import type { Credentials } from '../broker/answers.ts';
import { regionOf } from './aws-files.ts';
import type { Endpoint } from './endpoint.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** Every variable that SDKs would take before the endpoint, or beside it (AWS SDKs and Tools Reference). */
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

/** With this a child could ask the broker for more. */
const OURS = ['VALETKEY_TOKEN'];

/** The parent's environment without anything that would win over the vended keys. */
export function scrubbed(env: Env, grantId: string): Record<string, string> {
  const dropped: readonly string[] = [...CONFLICTING, ...OURS];
  const kept = Object.entries(env).flatMap(([name, value]) =>
    value === undefined || dropped.includes(name.toUpperCase()) ? [] : [[name, value] as const],
  );
  return { ...Object.fromEntries(kept), ...regionKept(env), VALETKEY_GRANT: grantId };
}

/** The profile goes, for its keys would win; its Region stays. */
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

export function keyVariables(keys: Credentials): Record<string, string> {
  return {
    AWS_ACCESS_KEY_ID: keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
    AWS_SESSION_TOKEN: keys.sessionToken,
    AWS_CREDENTIAL_EXPIRATION: keys.expiration,
  };
}
