import { type Problem, problemOf, unauthorized } from '../../core/api/problem.ts';
import type { TokenVerifier } from '../../core/ports.ts';
import type { Caller } from '../../core/principal.ts';
import { err, type Result } from '../../core/result.ts';
import { note } from '../metrics.ts';
import { type ApiEvent, headerOf } from './api-call.ts';

/** The caller, by the bearer token (RFC 6750, section 2.1). Without a verifier there is none. */
export async function authenticate(
  verify: TokenVerifier | null,
  event: ApiEvent,
): Promise<Result<Caller, Problem>> {
  const header = headerOf(event, 'authorization');
  if (header === undefined || verify === null) return refused('missing', unauthorized(null));
  const token = /^Bearer +([^\s]+)$/i.exec(header)?.[1];
  if (token === undefined) {
    const detail = 'The Authorization header must be Bearer, a space and a token.';
    return refused('malformed', unauthorized(detail));
  }
  const caller = await verify(token);
  if (caller.ok) return caller;
  const { error } = caller;
  return error.code === 'token-refused'
    ? refused('refused', unauthorized(error.detail))
    : refused('unavailable', problemOf(error));
}

function refused(
  why: 'missing' | 'malformed' | 'refused' | 'unavailable',
  problem: Problem,
): Result<never, Problem> {
  note({ metric: 'TokensRefused', value: 1, of: why });
  return err(problem);
}
