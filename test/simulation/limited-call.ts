import type { Call } from '../../core/call.ts';
import type { Failure } from '../../core/failure.ts';
import { newMatchCode } from '../../core/lifecycle/match-code.ts';
import type { LimitName } from '../../core/limits.ts';
import type { Result } from '../../core/result.ts';
import { SKEW_MS } from './limits-kept.ts';
import type { LimitedCall } from './used.ts';
import type { World } from './world.ts';

export type About = Pick<LimitedCall, 'grantId' | 'entitlement'>;

/** What a call is made with: the ports of its process, and the match code for its requester. */
export type Made = {
  readonly ports: ReturnType<World['ports']>;
  readonly call: Call;
  readonly code: string;
};

type Refused = LimitedCall & { readonly by: LimitName };

/**
 * A call that limits may refuse. Half of those that are refused come again when the answer says.
 *
 * @param before the refusal whose time this call has waited for
 */
export async function limitedCall<T>(
  world: World,
  makeCall: () => Call,
  about: About,
  run: (made: Made) => Promise<Result<T, Failure>>,
  before: Refused | null = null,
): Promise<Result<T, Failure>> {
  const { kernel, limits, codes, store } = world;
  const [ports, call] = [world.ports(), makeCall()];
  const { requestId, idempotency } = call;
  const principal = call.caller.principal.id;
  const one = { requestId, principal, at: kernel.now, limits: ports.bundle.limits, ...about };
  limits.onCall(one);
  const answer = await run({
    ports,
    call,
    code: codes.make(requestId, newMatchCode(ports.random)),
  });
  if (answer.ok || answer.error.code !== 'limited') return answer;
  const { error } = answer;
  world.count(`limited: ${error.limit}${before === null ? '' : ', again'}`);
  // A repeat of a request vends under the grant that it made.
  const made = store.keyUse(principal, idempotency?.key ?? '')?.grantId ?? null;
  const same = before?.by === error.limit ? before : null;
  limits.onLimited({ ...one, grantId: one.grantId ?? made }, error, kernel.now, same);
  if (before === null && kernel.chance() < 0.5) {
    kernel.spawn(async () => {
      await kernel.sleep(error.retryAfterSeconds * 1000 + 2 * SKEW_MS);
      const unkeyed = () => ({ ...makeCall(), idempotency: null });
      await limitedCall(world, unkeyed, about, run, { ...one, by: error.limit });
    });
  }
  return answer;
}
