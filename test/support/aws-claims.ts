/**
 * The claims of a token of GetWebIdentityToken for a person who signed in with IAM Identity Center.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_outbound_token_claims.html
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetWebIdentityToken.html (principal_id)
 */
export function awsClaims(session: object): Readonly<Record<string, unknown>> {
  return {
    iss: AWS_ISSUER,
    sub: PERMISSION_SET,
    jti: '00000000-0000-0000-0000-000000000000',
    'https://sts.amazonaws.com/': {
      aws_account: '111122223333',
      source_region: 'eu-central-1',
      org_id: 'o-abc1234567',
      ou_path: ['o-abc1234567/r-ab12/ou-ab12-11111111/'],
      original_session_exp: '2026-11-26T18:00:00Z',
      principal_id: PERMISSION_SET,
      identity_store_user_id: PERSON,
      ...session,
    },
  };
}

export const AWS_ISSUER = 'https://00000000-0000-0000-0000-000000000000.tokens.sts.global.api.aws';

export const PERMISSION_SET =
  'arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/eu-central-1/AWSReservedSSO_ValetKey_0123456789abcdef';

/** The id of a person in the identity store. */
export const PERSON = '11111111-2222-3333-4444-555555555555';
