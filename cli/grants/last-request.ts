import { join } from 'node:path';
import { Failure } from '../failure.ts';
import { homeFolder } from '../folders.ts';
import { writePrivate } from '../private-file.ts';
import { readAs, textOf } from '../saved/json-file.ts';
import { type SavedRequest, savedFrom, savedRequest } from '../saved/saved-request.ts';
import type { RequestBody } from './request.ts';

/** The request that was sent last, for `again`. */

/** @returns null if no request was sent yet. */
export function lastRequest(): SavedRequest | null {
  return readAs(lastFile(), savedRequest);
}

/**
 * Keeps the request with all that was prompted for. Does nothing where nothing can be written: the
 * request itself is more important.
 *
 * @param broker Name or URL.
 */
export function rememberLast(body: RequestBody, broker: string): void {
  const { actions, resources } = body.scope ?? {};
  const request = savedFrom(body.entitlement, {
    parameter: body.parameters,
    for: body.durationSeconds,
    ...(body.justification !== undefined && { reason: body.justification }),
    ...(body.ticket !== undefined && { ticket: body.ticket }),
    ...(actions !== undefined && { action: actions }),
    ...(resources !== undefined && { resource: resources }),
    broker,
  });
  try {
    writePrivate(lastFile(), textOf(request));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
  }
}

function lastFile(): string {
  return join(homeFolder(), 'last-request.json');
}
