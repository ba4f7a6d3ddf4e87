import './begin-cedar.ts';
import { readGrantRequest } from '../core/api/read-grant-request.ts';
import { readInstant } from '../core/api/read-instant.ts';
import {
  approveBody,
  check,
  commentBody,
  exportBody,
  extendBody,
  reasonBody,
  voteBody,
} from '../core/api/requests.ts';
import { askedGrantJson, eventJson, grantJson } from '../core/api/wire.ts';
import type { Failure } from '../core/failure.ts';
import type { Grant } from '../core/grant.ts';
import type { VotePorts } from '../core/grants/complete-quorum.ts';
import { cancelGrant } from '../core/grants/end-grant.ts';
import { extendGrant } from '../core/grants/extend-grant.ts';
import { requestGrant } from '../core/grants/request-grant.ts';
import { reviewGrant } from '../core/grants/review-grant.ts';
import { castVote, type Withdrawal, withdrawVote } from '../core/grants/vote-on-grant.ts';
import { recordExport } from '../core/ledger/record-export.ts';
import { newMatchCode, shownCode } from '../core/lifecycle/match-code.ts';
import { err, ok, type Result } from '../core/result.ts';
import { cedarModule } from './begin-cedar.ts';
import * as deciding from './container/deciding.ts';
import * as environment from './container/environment.ts';
import * as stores from './container/stores.ts';
import type { Handler, SignedIn } from './middleware/api-call.ts';
import { apiHandler } from './middleware/api-handler.ts';
import { unlessSuspended } from './middleware/unless-suspended.ts';

/** Requests grants, votes on them, changes them, and records exports. May write the table, and cannot vend. */

const bundle = deciding.bundle();
const verify = deciding.verifier(bundle);
const ports: VotePorts = {
  bundle,
  deployment: environment.deployment(),
  engine: deciding.engine(bundle, await cedarModule),
  quarantine: stores.quarantine,
  store: stores.store(),
  principals: stores.principals(),
  clock: environment.clock,
  random: environment.random,
};
await Promise.all([verify.ready, stores.gatesRead()]);

const request: Handler = async (call) => {
  const read = readGrantRequest(call.body);
  if (!read.ok) return read;
  const code = newMatchCode(ports.random);
  const grant = await requestGrant(ports, call, read.value, code);
  if (!grant.ok) return grant;
  const body = askedGrantJson(grant.value, shownCode(grant.value, code));
  return ok({ status: 201, body, grantId: grant.value.id });
};

type Changed = Promise<Result<Grant, Failure>>;

const review: Handler = async (call) => {
  const body = check(commentBody, call.body);
  if (!body.ok) return err({ code: 'invalid', errors: body.error });
  return answer(await reviewGrant(ports, call, call.pathId, body.value.comment ?? null));
};

const cancel: Handler = async (call) => {
  const body = check(reasonBody, call.body);
  if (!body.ok) return err({ code: 'invalid', errors: body.error });
  return answer(await cancelGrant(ports, call, call.pathId, body.value.reason ?? null));
};

const extend: Handler = async (call) => {
  const body = check(extendBody, call.body);
  if (!body.ok) return err({ code: 'invalid', errors: body.error });
  const code = newMatchCode(ports.random);
  const grant = await extendGrant(ports, call, call.pathId, body.value, code);
  if (!grant.ok) return grant;
  return ok({ status: 200, body: askedGrantJson(grant.value, shownCode(grant.value, code)) });
};

const recordsOfCallers = { engine: ports.engine, ...stores.principalRecords() };

const evidence: Handler = async (call) => {
  const body = check(exportBody, call.body);
  if (!body.ok) return err({ code: 'invalid', errors: body.error });
  const event = await recordExport(recordsOfCallers, call, body.value);
  return event.ok ? ok({ status: 201, body: eventJson(event.value) }) : event;
};

const aboutVote =
  (change: (call: SignedIn, about: Withdrawal) => Changed): Handler =>
  async (call) => {
    const body = check(voteBody, call.body);
    if (!body.ok) return err({ code: 'invalid', errors: body.error });
    const { comment = null, extension } = body.value;
    const named = extension === undefined ? null : readInstant(extension);
    return answer(await change(call, { comment, extension: named }));
  };

const approve: Handler = async (call) => {
  const body = check(approveBody, call.body);
  if (!body.ok) return err({ code: 'invalid', errors: body.error });
  const { comment = null, extension, matchCode = null } = body.value;
  const named = extension === undefined ? null : readInstant(extension);
  const ballot = { vote: 'approve', comment, extension: named, matchCode } as const;
  return answer(await castVote(ports, call, call.pathId, ballot));
};

const deny = aboutVote((call, about) =>
  castVote(ports, call, call.pathId, { ...about, vote: 'deny' }),
);

export const handler = apiHandler<'request'>(
  verify,
  // Refusals and repeats show grants, so a suspended caller does not get that far.
  unlessSuspended(stores.principals(), {
    'POST /v1/grants': request,
    'POST /v1/grants/{id}/approve': approve,
    'POST /v1/grants/{id}/deny': deny,
    'POST /v1/grants/{id}/withdraw': aboutVote((call, about) =>
      withdrawVote(ports, call, call.pathId, about),
    ),
    'POST /v1/grants/{id}/cancel': cancel,
    'POST /v1/grants/{id}/extend': extend,
    'POST /v1/grants/{id}/review': review,
    'POST /v1/audit/exports': evidence,
  }),
  stores.principalRecords(),
  ports.quarantine,
);

function answer(changed: Awaited<Changed>): ReturnType<Handler> {
  return changed.ok ? ok({ status: 200, body: grantJson(changed.value) }) : changed;
}
