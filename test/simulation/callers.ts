import type { Initiator } from '../../core/audit.ts';
import type { Call } from '../../core/call.ts';
import type { GrantRequest } from '../../core/deciding/grant-request.ts';
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
import type { Broker } from './broker.ts';
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
    return requestGrant(this.world.ports(), this.call(caller, key), request);
  }

  requestAndVend(caller: Caller, request: GrantRequest, key: string | null) {
    return requestAndVend(this.world.ports(), this.call(caller, key), request);
  }

  vend(caller: Caller, id: string) {
    return vendCredentials(this.world.ports(), this.call(caller), id);
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
    if (what === 'withdraw') return withdrawVote(this.world.ports(), call, id, about);
    return castVote(this.world.principalPorts(), call, id, { ...about, vote: what });
  }

  cancel(caller: Caller, id: string, used?: { key: string; fingerprint: string }) {
    const idempotency = used === undefined ? null : { principal: caller.principal.id, ...used };
    return cancelGrant(this.world.ports(), { ...this.call(caller), idempotency }, id, null);
  }

  async revoke(caller: Caller, id: string) {
    const done = await revokeGrant(this.world.ports(), this.call(caller), id, null);
    if (done.ok && awaitsKill(done.value)) this.broker.wake({ grantIds: [id] });
    return done;
  }

  extend(
    caller: Caller,
    id: string,
    durationSeconds = this.world.kernel.pick([600, 3600, 5400, 7200, 7200]),
  ) {
    return extendGrant(this.world.ports(), this.call(caller), id, {
      durationSeconds,
      justification: 'more',
    });
  }

  review(caller: Caller, id: string) {
    return reviewGrant(this.world.ports(), this.call(caller), id, null);
  }

  async suspend(principal: string) {
    const done = await suspendPrincipal(this.world.principalPorts(), order(principal), BY_ADMIN);
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
    return resumePrincipal(this.world.principalPorts(), order(principal), BY_ADMIN);
  }

  async revokeAll(principal: string) {
    const done = await revokeAll(this.world.principalPorts(), order(principal), BY_ADMIN);
    if (done.ok) this.broker.wakeAll(done.value.grants);
    return done;
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
