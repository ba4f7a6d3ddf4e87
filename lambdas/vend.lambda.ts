import './begin-cedar.ts';
import { readGrantRequest } from '../core/api/read-grant-request.ts';
import { check, emptyBody } from '../core/api/requests.ts';
import { askedGrantJson, credentialsJson } from '../core/api/wire.ts';
import type { Failure } from '../core/failure.ts';
import {
  requestAndVend,
  type Vended,
  type VendPorts,
  vendCredentials,
} from '../core/grants/vend-credentials.ts';
import { newMatchCode, shownCode } from '../core/lifecycle/match-code.ts';
import { err, ok, type Result } from '../core/result.ts';
import { cedarModule } from './begin-cedar.ts';
import * as deciding from './container/deciding.ts';
import * as environment from './container/environment.ts';
import * as stores from './container/stores.ts';
import type { Handler, Reply, SignedIn } from './middleware/api-call.ts';
import { apiHandler } from './middleware/api-handler.ts';

/** Vends credentials. The only Lambda that may assume roles. */

const bundle = deciding.bundle();
const verify = deciding.verifier(bundle);
const ports: VendPorts = {
  bundle,
  deployment: environment.deployment(),
  engine: deciding.engine(bundle, await cedarModule),
  quarantine: stores.quarantine,
  store: stores.store(),
  issueSession: deciding.sessionIssuer(),
  clock: environment.clock,
  random: environment.random,
};
const principals = stores.principals();
await Promise.all([verify.ready, stores.gatesRead()]);

const requestAndVendCredentials: Handler = async (call) => {
  const request = readGrantRequest(call.body);
  if (!request.ok) return request;
  const code = newMatchCode(ports.random);
  return reply(call, await requestAndVend(ports, call, request.value, code), code);
};

const vendUnderGrant: Handler = async (call) => {
  const body = check(emptyBody, call.body);
  if (!body.ok) return err({ code: 'invalid', errors: body.error });
  return reply(call, await vendCredentials(ports, call, call.pathId));
};

export const handler = apiHandler<'vend'>(
  verify,
  {
    'POST /v1/credentials': requestAndVendCredentials,
    'POST /v1/grants/{id}/credentials': vendUnderGrant,
  },
  stores.principalRecords(),
  ports.quarantine,
);

async function reply(
  call: SignedIn,
  vended: Result<Vended, Failure>,
  code = '',
): Promise<Result<Reply, Failure>> {
  if (showsGrantAlone(vended)) {
    // The write that precedes credentials checks this; other answers show grants as well.
    const suspension = await principals.suspensionOf(call.caller.principal.id);
    if (!suspension.ok) return suspension;
    if (suspension.value !== null) return err({ code: 'suspended' });
  }
  if (!vended.ok) return vended;
  const { grant, credentials } = vended.value;
  const body = { grant: askedGrantJson(grant, shownCode(grant, code)) };
  if (credentials === null) return ok({ status: 202, body, grantId: grant.id });
  const vendedBody = { ...body, credentials: credentialsJson(credentials) };
  return ok({ status: 200, body: vendedBody, grantId: grant.id });
}

function showsGrantAlone(vended: Result<Vended, Failure>): boolean {
  return vended.ok ? vended.value.credentials === null : 'grant' in vended.error;
}
