import type { Initiator } from '../../core/audit.ts';
import type { Call } from '../../core/call.ts';
import type { GrantRequest } from '../../core/deciding/grant-request.ts';
import type { Failure } from '../../core/failure.ts';
import { cancelGrant, revokeGrant } from '../../core/grants/end-grant.ts';
import { extendGrant } from '../../core/grants/extend-grant.ts';
import { requestGrant } from '../../core/grants/request-grant.ts';
import { reviewGrant } from '../../core/grants/review-grant.ts';
import {
  resumePrincipal,
  revokeAll,
  suspendPrincipal,
} from '../../core/grants/suspend-principal.ts';
import { requestAndVend, vendCredentials } from '../../core/grants/vend-credentials.ts';
import { castVote, withdrawVote } from '../../core/grants/vote-on-grant.ts';
import { awaitsKill } from '../../core/lifecycle/end.ts';
import type { Caller } from '../../core/principal.ts';
import type { Result } from '../../core/result.ts';
import type { Broker } from './broker.ts';
import { type About, limitedCall, type Made } from './limited-call.ts';
import type { World } from './world.ts';

/** The calls of people, each handled by a process of its own as the API's Lambdas do it. */
export class Callers {
  private readonly world: World;
  private readonly broker: Broker;

  constructor(world: World, broker: Broker) {
    this.world = world;
    this.broker = broker;
  }

  requestGrant(caller: Caller, request: GrantRequest, key: string | null) {
    const { entitlement } = request;
    return this.limited(caller, { entitlement, grantId: null }, key, ({ ports, call, code }) =>
      requestGrant(ports, call, request, code),
    );
  }

  requestAndVend(caller: Caller, request: GrantRequest, key: string | null) {
    const { entitlement } = request;
    return this.limited(caller, { entitlement, grantId: null }, key, ({ ports, call, code }) =>
      requestAndVend(ports, call, request, code),
    );
  }

  vend(caller: Caller, id: string) {
    return this.limited(caller, this.about(id), null, ({ ports, call }) =>
      vendCredentials(ports, call, id),
    );
  }

  async vote(
    caller: Caller,
    id: string,
    what: 'approve' | 'deny' | 'withdraw',
    key: string | null = null,
  ) {
    const call = this.call(caller, key);
    const extension = this.world.store.grants.get(id)?.extension?.requestedAt ?? null;
    const about = { comment: null, extension };
    if (what === 'withdraw') {
      return this.unlimited(withdrawVote(this.world.ports(), call, id, about));
    }
    const matchCode = what === 'approve' ? this.heard(id) : null;
    this.world.codes.onVote(call.requestId, matchCode);
    const ballot = { ...about, vote: what, matchCode };
    const answer = await this.unlimited(castVote(this.world.principalPorts(), call, id, ballot));
    this.world.codes.onAnswer(answer);
    return answer;
  }

  /** What the voter believes to be the match code: mostly what the requester says. */
  private heard(id: string): string | null {
    const { codes, kernel } = this.world;
    const code = codes.codeOf(id);
    if (code === null) return null;
    const luck = kernel.chance();
    return luck < 0.6 ? code : luck < 0.9 ? codes.wrongCode(code) : null;
  }

  cancel(caller: Caller, id: string, used?: { key: string; fingerprint: string }) {
    const idempotency = used === undefined ? null : { principal: caller.principal.id, ...used };
    const call = { ...this.call(caller), idempotency };
    return this.unlimited(cancelGrant(this.world.ports(), call, id, null));
  }

  async revoke(caller: Caller, id: string) {
    const revoking = revokeGrant(this.world.ports(), this.call(caller), id, null);
    const done = await this.unlimited(revoking);
    if (done.ok && awaitsKill(done.value)) this.broker.wake({ grantIds: [id] });
    return done;
  }

  extend(
    caller: Caller,
    id: string,
    durationSeconds = this.world.kernel.pick([600, 3600, 5400, 7200, 7200]),
  ) {
    const extension = { durationSeconds, justification: 'more' };
    return this.limited(caller, this.about(id), null, ({ ports, call, code }) =>
      extendGrant(ports, call, id, extension, code),
    );
  }

  review(caller: Caller, id: string) {
    return this.unlimited(reviewGrant(this.world.ports(), this.call(caller), id, null));
  }

  async suspend(principal: string) {
    const done = await this.unlimited(
      suspendPrincipal(this.world.principalPorts(), order(principal), BY_ADMIN),
    );
    if (done.ok) {
      const { suspension, finished } = done.value;
      if (suspension !== null) {
        this.world.invariants.onAnswered(principal, suspension.at, finished);
      }
      this.broker.wakeAll(done.value.grants);
    }
    return done;
  }

  resume(principal: string) {
    const resuming = resumePrincipal(this.world.principalPorts(), order(principal), BY_ADMIN);
    return this.unlimited(resuming);
  }

  async revokeAll(principal: string) {
    const done = await this.unlimited(
      revokeAll(this.world.principalPorts(), order(principal), BY_ADMIN),
    );
    if (done.ok) this.broker.wakeAll(done.value.grants);
    return done;
  }

  private about(id: string): About {
    return { grantId: id, entitlement: this.world.store.grants.get(id)?.entitlement ?? '' };
  }

  private limited<T>(
    caller: Caller,
    about: About,
    key: string | null,
    run: (made: Made) => Promise<Result<T, Failure>>,
  ): Promise<Result<T, Failure>> {
    return limitedCall(this.world, () => this.call(caller, key), about, run);
  }

  /** A call that nothing limits, because it ends access or decides on it. */
  private async unlimited<T, E extends { readonly code: string }>(
    call: Promise<Result<T, E>>,
  ): Promise<Result<T, E>> {
    const answer = await call;
    if (!answer.ok && answer.error.code === 'limited') {
      this.world.invariants.fail('section 10', 'a limit refused a call that is never limited');
    }
    return answer;
  }

  private call(caller: Caller, key: string | null = null): Call {
    const { id } = caller.principal;
    const idempotency = key === null ? null : { principal: id, key, fingerprint: 'same' };
    return { caller, requestId: this.world.next('r'), sourceIp: '10.0.0.1', idempotency };
  }
}

const BY_ADMIN: Initiator = {
  actor: { type: 'User', id: 'people:admin', name: 'admin' },
  requestId: 'order',
  sourceIp: null,
};

function order(principal: string) {
  return { principal, reason: null };
}
