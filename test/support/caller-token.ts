/** A token as `aws eks get-token` prints it; the fields replace or, with null, remove those of the query. */
export function callerToken(
  host: string,
  fields: Readonly<Record<string, string | null>> = {},
  scheme = 'https',
): string {
  const query = new URLSearchParams({
    Action: 'GetCallerIdentity',
    Version: '2011-06-15',
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': 'AKIAOPERATOR/20261126/eu-central-1/sts/aws4_request',
    'X-Amz-Date': '20261126T142802Z',
    'X-Amz-Expires': '60',
    'X-Amz-SignedHeaders': 'host;x-k8s-aws-id',
    'X-Amz-Security-Token': 'the-operators-session-token',
    'X-Amz-Signature': '6c8a58b29345ece4',
  });
  for (const [name, value] of Object.entries(fields)) {
    if (value === null) query.delete(name);
    else query.set(name, value);
  }
  return tokenOf(`${scheme}://${host}/?${query}`);
}

export function tokenOf(url: string): string {
  return `k8s-aws-v1.${Buffer.from(url).toString('base64url')}`;
}

export const OPERATOR = {
  type: 'Operator',
  id: 'AROAOPERATOR:olga',
  name: 'arn:aws:sts::123456789012:assumed-role/on-call/olga',
} as const;

/** What STS answers, in the form of its API Reference. */
export const IDENTITY_ANSWER = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <GetCallerIdentityResult><Arn>${OPERATOR.name}</Arn><UserId>${OPERATOR.id}</UserId>
  <Account>123456789012</Account></GetCallerIdentityResult>
  <ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata>
</GetCallerIdentityResponse>`;
