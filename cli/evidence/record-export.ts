import * as z from 'zod/mini';
import { EVENT_ID } from '../../core/ids.ts';
import { type EventLine, entryBytes } from '../../core/ledger/entry.ts';
import { formatProof, parseProof } from '../../core/ledger/proof-file.ts';
import type { Log } from '../audit/log.ts';
import { untilProven } from '../audit/proof.ts';
import { proven } from '../audit/proven.ts';
import { demandSame } from '../audit/same-log.ts';
import { seenLog } from '../audit/seen-logs.ts';
import type { Broker } from '../broker/client.ts';
import { Failure } from '../failure.ts';
import { stopIf } from './copied-log.ts';

/** What was exported: the period, the state of the log, and the SHA-256 of the manifest. */
export type Exported = {
  readonly from: string;
  readonly until: string;
  readonly size: number;
  readonly root: string;
  readonly manifest: string;
};

const record = z.looseObject({
  id: z.string().check(z.regex(EVENT_ID)),
  type: z.literal('evidence-exported'),
  manifest: z.string(),
});

/**
 * Has the broker record the export, and waits for the proof that the ledger has the record. What is remembered of the
 * ledger stays the state that was exported: the copy would be an older one right away.
 *
 * @returns the proof, with the record in it: a signature of the ledger over the manifest.
 * @throws Failure where the broker does not record it, or the ledger does not have it.
 */
export async function recordExport(
  broker: Broker,
  log: Log,
  exported: Exported,
  signal: AbortSignal,
): Promise<string> {
  stopIf(signal);
  const event = await broker.post('/v1/audit/exports', exported, record);
  if (event.manifest !== exported.manifest) {
    throw new Failure(
      'failed',
      `${log.place} recorded another export than this one.`,
      'Tell your security team.',
    );
  }
  const text = await untilProven(broker, `/v1/audit/events/${event.id}/proof`, signal);
  const line = event as unknown as EventLine;
  const forms = [entryBytes(line, 'events'), entryBytes(line, 'digests')];
  const found = proven(text, forms, log, `The record of this export, event ${event.id},`);
  const seen = seenLog(log.key.name);
  if (seen !== null) await demandSame(log, found, seen);
  const parsed = parseProof(text);
  return parsed === null ? text : formatProof({ ...parsed, extra: found.entry });
}
