import type { GrantRequest } from '../../core/deciding/grant-request.ts';
import type { Act } from '../../core/grants/change-grant.ts';
import { cancelGrant, revokeGrant } from '../../core/grants/end-grant.ts';
import { extendGrant } from '../../core/grants/extend-grant.ts';
import { ask, type Call } from '../../core/grants/request-grant.ts';
import { reviewGrant } from '../../core/grants/review-grant.ts';
import { resume, revokeAll, suspend } from '../../core/grants/suspend-principal.ts';
import { askAndVend, vend } from '../../core/grants/vend-credentials.ts';
import { castVote, takeVoteBack } from '../../core/grants/vote-on-grant.ts';
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

  ask(caller: Caller, request: GrantRequest, key: string | null) {
    return ask(this.world.ports(), caller, request, this.call(caller, key));
  }

  askAndVend(caller: Caller, request: GrantRequest, key: string | null) {
    return askAndVend(this.world.ports(), caller, request, this.call(caller, key));
  }

  vend(caller: Caller, id: string) {
    return vend(this.world.ports(), caller, id, this.call(caller));
  }

  async vote(caller: Caller, id: string, what: 'approve' | 'deny' | 'withdraw') {
    const act = this.act(caller, id);
    if (what === 'withdraw') return takeVoteBack(this.world.ports(), act, null);
    return castVote(this.world.ports(), act, what, null);
  }

  cancel(caller: Caller, id: string) {
    return cancelGrant(this.world.ports(), this.act(caller, id), null);
  }

  async revoke(caller: Caller, id: string) {
    const done = await revokeGrant(this.world.ports(), this.act(caller, id), null);
    if (done.ok && awaitsKill(done.value)) this.broker.wake({ grantIds: [id] });
    return done;
  }

  extend(caller: Caller, id: string) {
    const durationSeconds = this.world.kernel.pick([600, 3600, 5400, 7200]);
    return extendGrant(this.world.ports(), this.act(caller, id), {
      durationSeconds,
      justification: 'more',
    });
  }

  review(caller: Caller, id: string) {
    return reviewGrant(this.world.ports(), this.act(caller, id), null);
  }

  async suspend(principal: string) {
    const done = await suspend(this.world.principalPorts(), order(principal));
    if (done.ok) {
      this.world.invariants.onSuspended(principal);
      this.broker.wakeAll(done.value.grants);
    }
    return done;
  }

  resume(principal: string) {
    return resume(this.world.principalPorts(), order(principal));
  }

  async revokeAll(principal: string) {
    const done = await revokeAll(this.world.principalPorts(), order(principal));
    if (done.ok) this.broker.wakeAll(done.value.grants);
    return done;
  }

  private call(caller: Caller, key: string | null = null): Call {
    const { id } = caller.principal;
    const idempotency = key === null ? null : { principal: id, key, fingerprint: 'same' };
    return { requestId: this.world.next('r'), sourceIp: '10.0.0.1', idempotency };
  }

  private act(caller: Caller, grantId: string): Act {
    return { ...this.call(caller), caller, grantId };
  }
}

function order(principal: string) {
  const by = { type: 'User', id: 'people:admin', name: 'admin' } as const;
  return { principal, by, reason: null, requestId: 'order', sourceIp: null };
}
