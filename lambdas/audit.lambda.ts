import './begin-cedar.ts';
import { decodeCheckpointCursor, encodeCheckpointCursor } from '../core/api/cursor.ts';
import { readInstant } from '../core/api/read-instant.ts';
import { check, checkpointsQuery, principalEventQuery, statsQuery } from '../core/api/requests.ts';
import { eventJson } from '../core/api/wire.ts';
import { dayOf, daysLater } from '../core/day.ts';
import type { Failure } from '../core/failure.ts';
import { formatInstant } from '../core/instant.ts';
import { rootTextOf, sizeOf } from '../core/ledger/checkpoint.ts';
import { proveAnyEvent, proveEvent } from '../core/ledger/prove-event.ts';
import { readPrincipalEvent } from '../core/ledger/read-event.ts';
import { listCheckpoints, readLogFile } from '../core/ledger/read-log.ts';
import { type Err, err, ok, type Result } from '../core/result.ts';
import { readStats } from '../core/stats/read-stats.ts';
import { statsJson } from '../core/stats/stats-json.ts';
import { cedarModule } from './begin-cedar.ts';
import * as deciding from './container/deciding.ts';
import * as environment from './container/environment.ts';
import * as ledger from './container/ledger.ts';
import * as stores from './container/stores.ts';
import type { Handler, Reply } from './middleware/api-call.ts';
import { apiHandler } from './middleware/api-handler.ts';
import { unlessSuspended } from './middleware/unless-suspended.ts';

/** The log, its proofs, and the figures. May read the table and the files of the log. */

const bundle = deciding.bundle();
const verify = deciding.verifier(bundle);
const engine = deciding.engine(bundle, await cedarModule);
const log = ledger.ledgerFiles();
const principals = stores.principals();
const ports = {
  ...{ bundle, engine, log, principals },
  deployment: environment.deployment(),
  clock: environment.clock,
  store: stores.store(),
  places: ledger.ledgerStore(),
  trail: stores.trail(),
  stats: stores.stats(),
  kills: stores.kills(),
};
await verify.ready;

const file: Handler = async ({ caller, pathId: path }) => {
  const read = await readLogFile(ports, caller, path);
  if (!read.ok) return read;
  return ok({ status: 200, body: null, file: { type: typeOf(path), bytes: read.value } });
};

const checkpoints: Handler = async ({ caller, query }) => {
  const checked = check(checkpointsQuery, query);
  if (!checked.ok) return err({ code: 'invalid', errors: checked.error });
  const { limit, cursor } = checked.value;
  const after = cursor === undefined ? null : decodeCheckpointCursor(cursor);
  if (cursor !== undefined && after === null) return noSuchCursor();
  const page = await listCheckpoints(ports, caller, { limit, after });
  if (!page.ok) return page;
  const { next } = page.value;
  const found = page.value.checkpoints.map(({ note, at }) => ({
    size: sizeOf(note),
    root: rootTextOf(note),
    at: formatInstant(at),
    note,
  }));
  const nextCursor = next === null ? null : encodeCheckpointCursor(next);
  return ok({ status: 200, body: { checkpoints: found, nextCursor } });
};

const event: Handler = async ({ caller, pathEvent: id, query }) => {
  const checked = check(principalEventQuery, query);
  if (!checked.ok) return err({ code: 'invalid', errors: checked.error });
  const { principal: principalId, at } = checked.value;
  const found = await readPrincipalEvent(ports, caller, {
    ...{ id, principalId },
    at: readInstant(at) ?? Number.NaN,
  });
  return found.ok ? ok({ status: 200, body: eventJson(found.value) }) : found;
};

const proof: Handler = async (call) =>
  inText(await proveEvent(ports, call, call.pathId, call.pathEvent));

const anyProof: Handler = async (call) => inText(await proveAnyEvent(ports, call, call.pathEvent));

function inText(text: Result<string, Failure>): Result<Reply, Failure> {
  if (!text.ok) return text;
  return ok({
    status: 200,
    body: null,
    file: { type: 'text/plain', bytes: Buffer.from(text.value) },
  });
}

const figures: Handler = async ({ caller, query }) => {
  const checked = check(statsQuery, query);
  if (!checked.ok) return err({ code: 'invalid', errors: checked.error });
  const to = checked.value.to ?? dayOf(environment.clock());
  const from = checked.value.from ?? daysLater(to, -7);
  const read = await readStats(ports, caller, { from, to });
  return read.ok ? ok({ status: 200, body: statsJson(read.value) }) : read;
};

export const handler = apiHandler<'audit'>(
  verify,
  unlessSuspended(principals, {
    'GET /v1/stats': figures,
    'GET /v1/audit/ledger/{path}': file,
    'GET /v1/audit/checkpoints': checkpoints,
    'GET /v1/audit/events/{event}': event,
    'GET /v1/audit/events/{event}/proof': anyProof,
    'GET /v1/grants/{id}/events/{event}/proof': proof,
  }),
);

function typeOf(path: string) {
  if (path === 'checkpoint') return 'text/plain';
  return path.startsWith('bundle/') ? 'application/json' : 'application/octet-stream';
}

function noSuchCursor(): Err<Failure> {
  const detail = 'is not a nextCursor of this list; leave it out to begin with the first page';
  return err({ code: 'invalid', errors: [{ pointer: '/cursor', detail }] });
}
