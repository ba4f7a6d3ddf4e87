import { check, grantRequestBody } from '../core/api/requests.ts';
import type { GrantRequest } from '../core/assess.ts';
import type { Failure } from '../core/failure.ts';
import { err, ok, type Result } from '../core/result.ts';

/** The body that asks for a grant; three calls take it. */
export function readGrantRequest(body: unknown): Result<GrantRequest, Failure> {
  const read = check(grantRequestBody, body);
  if (!read.ok) return err({ code: 'invalid', errors: read.error });
  const { justification = null, ticket = null, ...rest } = read.value;
  return ok({ ...rest, justification, ticket });
}
