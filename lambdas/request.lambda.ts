import './begin-cedar.ts';
import { grantJson } from '../core/api/wire.ts';
import { type AskPorts, ask } from '../core/ask.ts';
import { ok } from '../core/result.ts';
import { cedarModule } from './begin-cedar.ts';
import * as container from './container.ts';
import { apiHandler, type Handler } from './middleware/front.ts';
import { readGrantRequest } from './read-grant-request.ts';

/** Asks for grants. May write the table, and cannot vend. */

const bundle = container.bundle();
const verify = container.verifier(bundle);
const ports: AskPorts = {
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

export const handler = apiHandler<'request'>(verify, { 'POST /v1/grants': requestGrant });
