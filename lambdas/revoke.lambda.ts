import './begin-cedar.ts';
import { quarantineStateJson } from '../core/api/quarantine-wire.ts';
import { check, commentBody, quarantineBody, reasonBody } from '../core/api/requests.ts';
import { grantJson, principalJson } from '../core/api/wire.ts';
import { initiatorOf } from '../core/audit.ts';
import type { Failure } from '../core/failure.ts';
import type { ChangePorts } from '../core/grants/change-grant.ts';
import { revokeGrant } from '../core/grants/end-grant.ts';
import type { PrincipalPorts } from '../core/grants/give-order.ts';
import {
  isKnown,
  mayOrder,
  resumePrincipal,
  revokeAll,
  suspendPrincipal,
} from '../core/grants/suspend-principal.ts';
import { issuerOf } from '../core/issuer.ts';
import { awaitsKill } from '../core/lifecycle/end.ts';
import type { OrderKind } from '../core/principal-order.ts';
import { ME } from '../core/principal-path.ts';
import { type Err, err, ok } from '../core/result.ts';
import {
  beginQuarantine,
  mayOrderQuarantine,
  releaseQuarantine,
} from '../core/upkeep/order-quarantine.ts';
import { cedarModule } from './begin-cedar.ts';
import * as deciding from './container/deciding.ts';
import * as environment from './container/environment.ts';
import * as killing from './container/killing.ts';
import * as recovery from './container/recovery.ts';
import * as stores from './container/stores.ts';
import type { Handler } from './middleware/api-call.ts';
import { apiHandler } from './middleware/api-handler.ts';
import { unlessSuspended } from './middleware/unless-suspended.ts';

/**
 * Ends grants, and keeps principals out. May write the table and wake the kill switch, which alone
 * may write IAM policies.
 */

const bundle = deciding.bundle();
const verify = deciding.verifier(bundle);
const store = stores.store();
const ports: ChangePorts & PrincipalPorts = {
  bundle,
  deployment: environment.deployment(),
  engine: deciding.engine(bundle, await cedarModule),
  store,
  principals: stores.principals(),
  clock: environment.clock,
  random: environment.random,
};
const orders = { ...recovery.quarantineOrders(), bundle };
const wakeKillSwitch = killing.killSwitchWaker();
await Promise.all([verify.ready, stores.gatesRead()]);

const revoke: Handler = async (call) => {
  const body = check(reasonBody, call.body);
  if (!body.ok) return err({ code: 'invalid', errors: body.error });
  const ended = await revokeGrant(ports, call, call.pathId, body.value.reason ?? null);
  if (!ended.ok) return ended;
  await wake([ended.value].filter(awaitsKill).map(({ id }) => id));
  return ok({ status: 200, body: grantJson(ended.value) });
};

const principalOrder =
  (what: OrderKind, give: typeof revokeAll): Handler =>
  async (call) => {
    const body = check(reasonBody, call.body);
    if (!body.ok) return err({ code: 'invalid', errors: body.error });
    const { id: caller } = call.caller.principal;
    const principal = call.pathId === ME ? caller : call.pathId;
    if (issuerOf(principal, bundle.issuers) === null) {
      // An issuer that was removed leaves principals behind, whose keys may live.
      const left = await ports.principals.hasAsked(principal);
      if (!left.ok) return left;
      if (!left.value) return noSuchIssuer(principal);
    }
    const allowed = await mayOrder(ports, call.caller, what, principal);
    if (!allowed.ok) return allowed;
    const state = await give(
      ports,
      { principal, reason: body.value.reason ?? null },
      initiatorOf(call),
      {
        idempotency: call.idempotency,
        unsuspended: caller === principal ? null : caller,
      },
    );
    if (!state.ok) return state;
    await wake(state.value.killing);
    const known = await isKnown(ports, state.value);
    if (!known.ok) return known;
    return ok({ status: 200, body: principalJson(state.value, known.value) });
  };

const begin: Handler = async (call) => {
  const body = check(quarantineBody, call.body);
  if (!body.ok) return err({ code: 'invalid', errors: body.error });
  const allowed = mayOrderQuarantine(ports, call.caller);
  if (!allowed.ok) return allowed;
  const { idempotency, caller } = call;
  const order = { cause: 'order', reason: body.value.reason } as const;
  const giving = { idempotency, unsuspended: caller.principal.id };
  const state = await beginQuarantine(orders, order, initiatorOf(call), giving);
  return state.ok ? ok({ status: 200, body: quarantineStateJson(state.value) }) : state;
};

const release: Handler = async (call) => {
  const body = check(commentBody, call.body);
  if (!body.ok) return err({ code: 'invalid', errors: body.error });
  const allowed = mayOrderQuarantine(ports, call.caller);
  if (!allowed.ok) return allowed;
  const state = await releaseQuarantine(orders, call, body.value.comment ?? '');
  return state.ok ? ok({ status: 200, body: quarantineStateJson(state.value) }) : state;
};

export const handler = apiHandler<'revoke'>(
  verify,
  {
    // Refusals and repeats show grants, so a suspended caller does not get that far.
    ...unlessSuspended(ports.principals, {
      'POST /v1/grants/{id}/revoke': revoke,
      'POST /v1/quarantine': begin,
      'POST /v1/quarantine/release': release,
    }),
    'POST /v1/principals/{id}/revoke': principalOrder('revoke', revokeAll),
    'POST /v1/principals/{id}/suspend': principalOrder('suspend', suspendPrincipal),
    'POST /v1/principals/{id}/resume': principalOrder('resume', resumePrincipal),
  },
  stores.principalRecords(),
);

/** Only for speed: the workflow and the sweep run the kill switch in any case. */
async function wake(grantIds: readonly string[]): Promise<void> {
  if (grantIds.length > 0) await wakeKillSwitch({ grantIds });
}

/** An order about an id that nobody can have would otherwise look like a success. */
function noSuchIssuer(principal: string): Err<Failure> {
  const shown = principal.slice(0, 100);
  const detail = `names "${shown}", which belongs to no issuer of this broker; write <issuer>:<subject>, such as people:ana, as in requester.id of a grant`;
  return err({ code: 'invalid', errors: [{ pointer: '/id', detail }] });
}
