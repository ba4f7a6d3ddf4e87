import './begin-cedar.ts';
import { readGrantRequest } from '../core/api/read-grant-request.ts';
import { check, commentBody, extendBody, reasonBody } from '../core/api/requests.ts';
import { grantJson } from '../core/api/wire.ts';
import type { Failure } from '../core/failure.ts';
import type { Grant } from '../core/grant.ts';
import type { Act, ChangePorts } from '../core/grants/change-grant.ts';
import { cancelGrant } from '../core/grants/end-grant.ts';
import { extendGrant } from '../core/grants/extend-grant.ts';
import { ask } from '../core/grants/request-grant.ts';
import { reviewGrant } from '../core/grants/review-grant.ts';
import { castVote, takeVoteBack } from '../core/grants/vote-on-grant.ts';
import { err, ok, type Result } from '../core/result.ts';
import { cedarModule } from './begin-cedar.ts';
import * as container from './container.ts';
import type { Handler, SignedIn } from './middleware/api-call.ts';
import { apiHandler } from './middleware/api-handler.ts';

/** Asks for grants, votes on them, and changes them. May write the table, and cannot vend. */

const bundle = container.bundle();
const verify = container.verifier(bundle);
const ports: ChangePorts = {
  bundle,
  deployment: container.deployment(),
  engine: container.engine(bundle, await cedarModule),
  store: container.store(),
  clock: container.clock,
  random: container.random,
};
await verify.ready;

const requestGrant: Handler = async (call) => {
  const request = readGrantRequest(call.body);
  if (!request.ok) return request;
  const grant = await ask(ports, call.caller, request.value, call);
  if (!grant.ok) return grant;
  return ok({ status: 201, body: grantJson(grant.value), grantId: grant.value.id });
};

const withComment =
  (what: (act: Act, comment: string | null) => Promise<Changed>): Handler =>
  async (call) => {
    const body = check(commentBody, call.body);
    if (!body.ok) return err({ code: 'invalid', errors: body.error });
    return answer(await what(actOf(call), body.value.comment ?? null));
  };

const cancel: Handler = async (call) => {
  const body = check(reasonBody, call.body);
  if (!body.ok) return err({ code: 'invalid', errors: body.error });
  return answer(await cancelGrant(ports, actOf(call), body.value.reason ?? null));
};

const extend: Handler = async (call) => {
  const body = check(extendBody, call.body);
  if (!body.ok) return err({ code: 'invalid', errors: body.error });
  return answer(await extendGrant(ports, actOf(call), body.value));
};

export const handler = apiHandler<'request'>(verify, {
  'POST /v1/grants': requestGrant,
  'POST /v1/grants/{id}/approve': withComment((act, it) => castVote(ports, act, 'approve', it)),
  'POST /v1/grants/{id}/deny': withComment((act, it) => castVote(ports, act, 'deny', it)),
  'POST /v1/grants/{id}/withdraw': withComment((act, it) => takeVoteBack(ports, act, it)),
  'POST /v1/grants/{id}/cancel': cancel,
  'POST /v1/grants/{id}/extend': extend,
  'POST /v1/grants/{id}/review': withComment((act, it) => reviewGrant(ports, act, it)),
});

type Changed = Result<Grant, Failure>;

function actOf({ pathId, ...call }: SignedIn): Act {
  return { ...call, grantId: pathId };
}

function answer(changed: Changed): ReturnType<Handler> {
  return changed.ok ? ok({ status: 200, body: grantJson(changed.value) }) : changed;
}
