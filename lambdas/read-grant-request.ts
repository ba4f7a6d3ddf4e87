import { check, grantRequestBody } from '../core/api/requests.ts';
import type { GrantRequest } from '../core/assess.ts';
import type { Failure } from '../core/failure.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { Scope } from '../core/scope.ts';

/** The body that asks for a grant; three calls take it. */
export function readGrantRequest(body: unknown): Result<GrantRequest, Failure> {
  const read = check(grantRequestBody, body);
  if (!read.ok) return err({ code: 'invalid', errors: read.error });
  const { scope, justification = null, ticket = null, ...rest } = read.value;
  return ok({ ...rest, scope: scope === undefined ? null : given(scope), justification, ticket });
}

/** A part that was left out is absent, not `undefined`: the grant is stored as it is. */
function given({ actions, resources }: { [K in keyof Scope]: Scope[K] | undefined }): Scope {
  return { ...(actions && { actions }), ...(resources && { resources }) };
}
