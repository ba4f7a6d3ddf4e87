import './begin-cedar.ts';
import { readGrantRequest } from '../core/api/read-grant-request.ts';
import { check, emptyBody } from '../core/api/requests.ts';
import { credentialsJson, grantJson } from '../core/api/wire.ts';
import type { Failure } from '../core/failure.ts';
import { askAndVend, type Vended, type VendPorts, vend } from '../core/grants/vend-credentials.ts';
import { err, ok, type Result } from '../core/result.ts';
import { cedarModule } from './begin-cedar.ts';
import * as container from './container.ts';
import type { Handler, Reply } from './middleware/api-call.ts';
import { apiHandler } from './middleware/api-handler.ts';

/** Vends credentials. The only Lambda that may assume roles. */

const bundle = container.bundle();
const verify = container.verifier(bundle);
const ports: VendPorts = {
  bundle,
  deployment: container.deployment(),
  engine: container.engine(bundle, await cedarModule),
  store: container.store(),
  issueSession: container.sessionIssuer(),
  clock: container.clock,
  random: container.random,
};
await verify.ready;

const requestCredentials: Handler = async (call) => {
  const request = readGrantRequest(call.body);
  if (!request.ok) return request;
  return reply(await askAndVend(ports, call.caller, request.value, call));
};

const vendCredentials: Handler = async (call) => {
  const body = check(emptyBody, call.body);
  if (!body.ok) return err({ code: 'invalid', errors: body.error });
  return reply(await vend(ports, call.caller, call.pathId, call));
};

export const handler = apiHandler<'vend'>(verify, {
  'POST /v1/credentials': requestCredentials,
  'POST /v1/grants/{id}/credentials': vendCredentials,
});

function reply(vended: Result<Vended, Failure>): Result<Reply, Failure> {
  if (!vended.ok) return vended;
  const { grant, credentials } = vended.value;
  const body = { grant: grantJson(grant) };
  if (credentials === null) return ok({ status: 202, body, grantId: grant.id });
  const keys = credentialsJson(credentials);
  return ok({ status: 200, body: { ...body, credentials: keys }, grantId: grant.id });
}
