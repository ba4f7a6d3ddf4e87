import type { Operator } from './audit.ts';
import { err, ok, type Result } from './result.ts';

/**
 * The proof of who gives a direct order to the kill Lambda. Lambda does not tell a function who called it. So the
 * caller signs a request for STS that asks who they are, and hands it over unsent; STS alone can say whose signature
 * that is. `aws eks get-token` makes such a request with nothing but the AWS command line, for a receiver that its
 * signature names.
 */

/** The header that names the receiver. */
export const RECEIVER_HEADER = 'x-k8s-aws-id';

/** What STS is to be sent: where to, and the signed query. */
export type IdentityRequest = { readonly host: string; readonly query: string };

const PREFIX = 'k8s-aws-v1.';
const HOST = /^[a-z0-9.-]+(:\d+)?$/;

/** What the query has once each, and nothing else: the answer to another action could name anybody. */
const FIXED = new Map<string, RegExp>(
  Object.entries({
    Action: /^GetCallerIdentity$/,
    Version: /^2011-06-15$/,
    'X-Amz-Algorithm': /^AWS4-HMAC-SHA256$/,
    'X-Amz-Credential': /./,
    'X-Amz-Date': /./,
    'X-Amz-Expires': /./,
    'X-Amz-SignedHeaders': new RegExp(`^host;${RECEIVER_HEADER}$`),
    'X-Amz-Signature': /./,
  }),
);
const SESSION = 'X-Amz-Security-Token';

/** Reads the token; the error says what is wrong with it, and repeats nothing of it. */
export function identityRequest(token: unknown): Result<IdentityRequest, string> {
  if (typeof token !== 'string' || !token.startsWith(PREFIX)) return err(NO_TOKEN);
  const text = Buffer.from(token.slice(PREFIX.length), 'base64url').toString();
  const [, , host = '', search = ''] = /^(https?):\/\/([^/?#]+)\/\?([^#]+)$/.exec(text) ?? [];
  if (!HOST.test(host)) return err(NO_TOKEN);
  const fields = [...new URLSearchParams(search)];
  const names = fields.map(([name]) => name).filter((name) => name !== SESSION);
  const known = fields.every(([name, value]) => name === SESSION || FIXED.get(name)?.test(value));
  const once = new Set(fields.map(([name]) => name)).size === fields.length;
  if (!known || !once || names.length !== FIXED.size) return err(OTHER_REQUEST);
  return ok({ host, query: search });
}

/** Whom STS names in its answer to GetCallerIdentity (STS API Reference, "GetCallerIdentity"). */
export function callerIn(answer: string): Operator | null {
  const [id = '', name = ''] = ['UserId', 'Arn'].map(
    (field) => new RegExp(`<${field}>([^<>]{1,2048})</${field}>`).exec(answer)?.[1] ?? '',
  );
  return id === '' || !name.startsWith('arn:') ? null : { type: 'Operator', id, name };
}

const NO_TOKEN = '`caller` is not what `aws eks get-token` prints as status.token';
const OTHER_REQUEST = '`caller` has another request than that of `aws eks get-token`';
