import type * as z from 'zod/mini';
import type { GrantRequest } from '../deciding/grant-request.ts';
import type { Scope } from '../entitlement.ts';
import type { Failure } from '../failure.ts';
import { err, ok, type Result } from '../result.ts';
import { check, grantRequestBody } from './requests.ts';

/** Reads the body of a grant request, which three calls and the cases of a bundle share. */
export function readGrantRequest(body: unknown): Result<GrantRequest, Failure> {
  const read = check(grantRequestBody, body);
  return read.ok ? ok(toGrantRequest(read.value)) : err({ code: 'invalid', errors: read.error });
}

/** Fields that were left out are null in the core. */
export function toGrantRequest(body: z.output<typeof grantRequestBody>): GrantRequest {
  const { scope, startsAt, justification, ticket, ...rest } = body;
  return {
    ...rest,
    scope: scope === undefined ? null : given(scope),
    startsAt: startsAt === undefined ? null : Date.parse(startsAt),
    justification: justification ?? null,
    ticket: ticket ?? null,
  };
}

/** A part that was left out is absent, not `undefined`, because the grant is stored unchanged. */
function given({ actions, resources }: { [K in keyof Scope]: Scope[K] | undefined }): Scope {
  return { ...(actions && { actions }), ...(resources && { resources }) };
}
