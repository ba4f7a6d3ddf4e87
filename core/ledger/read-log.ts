import type { Failure } from '../failure.ts';
import type { PolicyEngine } from '../ports.ts';
import type { Caller } from '../principal.ts';
import { err, ok, type Result } from '../result.ts';
import { hashOfBundlePath, isSourcePath } from './bundle-path.ts';
import type { CheckpointPage, LedgerFiles, LedgerHistory } from './ledger-ports.ts';
import { parseTilePath } from './tiles.ts';

/** The log as whoever may audit reads it. */

export type PublishedLog = Pick<LedgerFiles, 'read' | 'checkpoint'> & LedgerHistory;

export type ReadLogPorts = {
  readonly engine: Pick<PolicyEngine, 'mayOnBroker'>;
  readonly log: PublishedLog;
};

/**
 * A file of the log, by its path: `checkpoint`, or that of a tile or a bundle of entries; or a policy bundle that its
 * entries name, compiled or as it was written.
 */
export async function readLogFile(
  { engine, log }: ReadLogPorts,
  caller: Caller,
  path: string,
): Promise<Result<Uint8Array, Failure>> {
  const may = mayAudit(engine, caller);
  if (!may.ok) return may;
  if (path === 'checkpoint') {
    const checkpoint = await log.checkpoint();
    if (!checkpoint.ok) return checkpoint;
    return checkpoint.value === null
      ? notFound('Nothing is in the log yet.')
      : ok(Buffer.from(checkpoint.value.note));
  }
  const isKnown =
    parseTilePath(path) !== null || hashOfBundlePath(path) !== null || isSourcePath(path);
  if (!isKnown) return notFound(NO_SUCH_PATH);
  const file = await log.read(path);
  if (!file.ok) return file;
  return file.value === null ? notFound('The log has no such file.') : ok(file.value);
}

export async function listCheckpoints(
  { engine, log }: ReadLogPorts,
  caller: Caller,
  page: { readonly limit: number; readonly after: string | null },
): Promise<Result<CheckpointPage, Failure>> {
  const may = mayAudit(engine, caller);
  return may.ok ? log.checkpoints(page) : may;
}

export function mayAudit(
  engine: Pick<PolicyEngine, 'mayOnBroker'>,
  caller: Caller,
): Result<null, Failure> {
  const may = engine.mayOnBroker('audit', caller.principal);
  if (!may.ok) return may;
  if (may.value) return ok(null);
  return err({ code: 'forbidden', detail: 'You need permission to audit to read the log.' });
}

const NO_SUCH_PATH =
  'The log has checkpoint, tile/<L>/<N>[.p/<W>] and tile/entries/<N>[.p/<W>], as in https://c2sp.org/tlog-tiles, bundle/<hash>.json and bundle/source/<hash>.json.';

const notFound = (detail: string): Result<never, Failure> => err({ code: 'not-found', detail });
