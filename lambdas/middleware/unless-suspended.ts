import type { PrincipalStore } from '../../core/ports.ts';
import { err } from '../../core/result.ts';
import type { Handler } from './api-call.ts';

/**
 * The handlers, for callers who are not suspended: one read before each call. Where it fails, so does the
 * call (I6).
 */
export function unlessSuspended<Key extends string>(
  { suspensionOf }: Pick<PrincipalStore, 'suspensionOf'>,
  handlers: Readonly<Record<Key, Handler>>,
): Readonly<Record<Key, Handler>> {
  const guarded =
    (handler: Handler): Handler =>
    async (call) => {
      const suspension = await suspensionOf(call.caller.principal.id);
      if (!suspension.ok) return suspension;
      return suspension.value === null ? handler(call) : err({ code: 'suspended' });
    };
  const entries = Object.entries<Handler>(handlers).map(([key, handler]) => [
    key,
    guarded(handler),
  ]);
  return Object.fromEntries(entries) as Record<Key, Handler>;
}
