import './begin-cedar.ts';
import { check, reasonBody } from '../core/api/requests.ts';
import { grantJson, principalJson } from '../core/api/wire.ts';
import { type Initiator, initiatorOf } from '../core/audit.ts';
import type { Unavailable } from '../core/failure.ts';
import type { Grant } from '../core/grant.ts';
import type { ChangePorts } from '../core/grants/change-grant.ts';
import { revokeGrant } from '../core/grants/end-grant.ts';
import {
  mayOrder,
  type Order,
  type PrincipalPorts,
  type PrincipalState,
  resumePrincipal,
  revokeAll,
  suspendPrincipal,
} from '../core/grants/suspend-principal.ts';
import { awaitsKill } from '../core/lifecycle/end.ts';
import { err, ok, type Result } from '../core/result.ts';
import { cedarModule } from './begin-cedar.ts';
import * as container from './container.ts';
import type { Handler } from './middleware/api-call.ts';
import { apiHandler } from './middleware/api-handler.ts';

/**
 * Ends grants, and keeps principals out. May write the table and wake the kill switch, which alone
 * may write IAM policies.
 */

const bundle = container.bundle();
const verify = container.verifier(bundle);
const store = container.store();
const ports: ChangePorts & PrincipalPorts = {
  bundle,
  deployment: container.deployment(),
  engine: container.engine(bundle, await cedarModule),
  store,
  principals: container.principals(),
  clock: container.clock,
  random: container.random,
};
const wakeKillSwitch = container.killSwitchWaker();
await verify.ready;

const revoke: Handler = async (call) => {
  const body = check(reasonBody, call.body);
  if (!body.ok) return err({ code: 'invalid', errors: body.error });
  const ended = await revokeGrant(ports, call, call.pathId, body.value.reason ?? null);
  if (!ended.ok) return ended;
  await wake([ended.value]);
  return ok({ status: 200, body: grantJson(ended.value) });
};

type CarryOut = (
  ports: PrincipalPorts,
  order: Order,
  by: Initiator,
) => Promise<Result<PrincipalState, Unavailable>>;

const principalOrder =
  (what: 'revoke' | 'suspend' | 'resume', carryOut: CarryOut): Handler =>
  async (call) => {
    const body = check(reasonBody, call.body);
    if (!body.ok) return err({ code: 'invalid', errors: body.error });
    const principal = call.pathId;
    const allowed = await mayOrder(ports, call.caller, what, principal);
    if (!allowed.ok) return allowed;
    const order = { principal, reason: body.value.reason ?? null };
    const state = await carryOut(ports, order, initiatorOf(call));
    if (!state.ok) return state;
    await wake(state.value.grants);
    return ok({ status: 200, body: principalJson(state.value) });
  };

export const handler = apiHandler<'revoke'>(verify, {
  'POST /v1/grants/{id}/revoke': revoke,
  'POST /v1/principals/{id}/revoke': principalOrder('revoke', revokeAll),
  'POST /v1/principals/{id}/suspend': principalOrder('suspend', suspendPrincipal),
  'POST /v1/principals/{id}/resume': principalOrder('resume', resumePrincipal),
});

/** Only for speed: the workflow and the sweep run the kill switch in any case. */
async function wake(grants: readonly Grant[]): Promise<void> {
  const grantIds = grants.filter(awaitsKill).map(({ id }) => id);
  if (grantIds.length > 0) await wakeKillSwitch({ grantIds });
}
