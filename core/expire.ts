import { type Cause, expired } from './audit.ts';
import type { Unavailable } from './failure.ts';
import { expire, type Grant } from './grant.ts';
import type { RandomBytes } from './ids.ts';
import type { Instant } from './instant.ts';
import type { GrantStore } from './ports.ts';
import { err, ok, type Result } from './result.ts';

export type ExpirePorts = {
  readonly store: GrantStore;
  readonly clock: () => Instant;
  readonly random: RandomBytes;
};

export type ExpireFailure =
  | Unavailable
  | { readonly code: 'no-such-grant' }
  | { readonly code: 'not-due' }
  | { readonly code: 'conflict' };

/** Marks a grant as expired once its time is up. Running it again changes nothing (I11). */
export async function expireGrant(
  ports: ExpirePorts,
  grantId: string,
  executionId: string,
): Promise<Result<Grant, ExpireFailure>> {
  const found = await ports.store.find(grantId);
  if (!found.ok) return found;
  if (found.value === null) return err({ code: 'no-such-grant' });
  const now = ports.clock();
  const expiry = expire(found.value, now);
  if (expiry.kind === 'not-due') return err({ code: 'not-due' });
  if (expiry.kind === 'already-ended') return ok(found.value);
  const cause: Cause = { at: now, requestId: executionId, sourceIp: null };
  const event = expired(expiry.grant, cause, ports.random);
  const written = await ports.store.update({ grant: expiry.grant, event });
  return written.ok ? ok(expiry.grant) : written;
}
