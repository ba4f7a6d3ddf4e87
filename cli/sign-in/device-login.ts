import * as client from 'openid-client';
import { type Provider, SCOPE, signInFailure, tokensFrom } from './provider.ts';
import type { Tokens } from './tokens.ts';

export type DeviceCode = {
  readonly url: string;
  readonly code: string;
  /** The same with the code in it, where the provider has one. */
  readonly direct: string | null;
};

/** Signing in with another device, for remote shells (RFC 8628). */
export async function deviceLogin(
  { configuration, audience }: Provider,
  tell: (device: DeviceCode) => void,
): Promise<Tokens> {
  try {
    const begun = await client.initiateDeviceAuthorization(configuration, {
      scope: SCOPE,
      audience,
    });
    tell({
      url: begun.verification_uri,
      code: begun.user_code,
      direct: begun.verification_uri_complete ?? null,
    });
    const answer = await client.pollDeviceAuthorizationGrant(configuration, begun);
    return tokensFrom(answer, audience, null);
  } catch (error) {
    throw signInFailure(error);
  }
}
