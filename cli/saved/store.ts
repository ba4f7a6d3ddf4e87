import { join } from 'node:path';
import * as z from 'zod/mini';
import { UsageError } from '../failure.ts';
import { homeFolder } from '../folders.ts';
import { withLock } from '../lock.ts';
import { writePrivate } from '../private-file.ts';
import { plain } from '../terminal.ts';
import { readAs, textOf } from './json-file.ts';
import { isSameRequest, type SavedRequest, savedRequest } from './saved-request.ts';

/** The requests that the user saved by name. */

const NAME = /^(?!__proto__$)[A-Za-z0-9_][A-Za-z0-9_.@-]{0,63}$/;
const NAME_HINT = 'Use letters, digits, -, _, . and @, at most 64.';

const file = z.strictObject({
  requests: z.record(z.string().check(z.regex(NAME)), savedRequest),
});
type Requests = z.infer<typeof file>['requests'];

/** How long to wait for another process that changes the file. */
const PATIENCE_MS = 20_000;

export function savedRequests(): Requests {
  return readAs(requestsFile(), file)?.requests ?? {};
}

/** @throws UsageError if no request has that name. */
export function savedAs(name: string): SavedRequest {
  const all = savedRequests();
  const found = Object.hasOwn(all, name) ? all[name] : undefined;
  if (found !== undefined) return found;
  const names = Object.keys(all).map((known) => `@${known}`);
  throw new UsageError(
    `No request is saved as "@${plain(name)}".`,
    names.length === 0 ? SAVE_HINT : `Saved: ${names.join(', ')}.`,
  );
}

/**
 * @returns false if it was saved already.
 * @throws UsageError if another request has the name, and `replace` is false.
 */
export async function saveRequest(
  name: string,
  request: SavedRequest,
  replace: boolean,
): Promise<boolean> {
  if (!NAME.test(name)) throw new UsageError(`"${plain(name)}" is not a valid name.`, NAME_HINT);
  if (!savedRequest.safeParse(request).success) {
    const what = `"${plain(request.entitlement)}" is not an entitlement id.`;
    throw new UsageError(what, 'See what you may request: valetkey list');
  }
  return changing((before) => {
    const known = Object.hasOwn(before, name) ? before[name] : undefined;
    if (known !== undefined && isSameRequest(known, request)) return null;
    if (known !== undefined && !replace) {
      throw new UsageError(
        `Another request is saved as "@${name}".`,
        'Use --replace to replace it, or choose another name.',
      );
    }
    return { ...before, [name]: request };
  });
}

/** @throws UsageError if no request has that name. */
export async function removeSaved(name: string): Promise<void> {
  savedAs(name);
  await changing((before) => {
    const { [name]: removed, ...rest } = before;
    return removed === undefined ? null : rest;
  });
}

/** @param change Returns null if nothing changes. */
async function changing(change: (before: Requests) => Requests | null): Promise<boolean> {
  return withLock(`${requestsFile()}.lock`, PATIENCE_MS, async () => {
    const requests = change(savedRequests());
    if (requests !== null) writePrivate(requestsFile(), textOf({ requests }));
    return requests !== null;
  });
}

function requestsFile(): string {
  return join(homeFolder(), 'requests.json');
}

export const SAVE_HINT = 'Save one: valetkey save NAME ENTITLEMENT';
