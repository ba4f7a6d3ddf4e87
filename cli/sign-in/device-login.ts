import * as client from 'openid-client';
import { type Provider, signInFailure, tokensFrom } from './provider.ts';
import type { Tokens } from './tokens.ts';

export type DeviceCode = {
  readonly url: string;
  readonly code: string;
  /** The address with the code in it, if the provider has one. */
  readonly direct: string | null;
};

/**
 * Signs in on another device, for remote shells (RFC 8628).
 *
 * @param showCode Gets the address and the code for the user.
 * @throws Failure (`signIn`)
 */
export async function deviceLogin(
  { configuration, audience, scope }: Provider,
  showCode: (device: DeviceCode) => void,
): Promise<Tokens> {
  try {
    const device = await client.initiateDeviceAuthorization(configuration, {
      scope,
      audience,
    });
    showCode({
      url: device.verification_uri,
      code: device.user_code,
      direct: device.verification_uri_complete ?? null,
    });
    const answer = await client.pollDeviceAuthorizationGrant(configuration, device);
    return tokensFrom(answer, audience, null);
  } catch (error) {
    throw signInFailure(error);
  }
}
