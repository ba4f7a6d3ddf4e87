import type { PrincipalType } from './principal.ts';

/** An OIDC issuer, and how its claims become principals (`policy/issuers.yaml`). */
export type Issuer = {
  readonly id: string;
  readonly type: PrincipalType;
  readonly url: string;
  readonly audience: string;
  /** The client that the command signs in with; only for people. */
  readonly clientId?: string;
  /** The claims that form the immutable id, in order. */
  readonly subject: readonly string[];
  /** The claim with the display name, which is never compared. */
  readonly name: string;
  readonly groups?: string;
  readonly tags?: readonly string[];
  /** The values of `amr` that prove a second factor (RFC 8176). */
  readonly mfa?: { readonly amr: readonly string[] };
};
