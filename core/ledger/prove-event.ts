import type { CallSource } from '../call.ts';
import type { Failure, Unavailable } from '../failure.ts';
import { findVisibleGrant } from '../grants/find-grant.ts';
import type { ReadPorts } from '../grants/read-grants.ts';
import { EVENT_ID } from '../ids.ts';
import { err, ok, type Result } from '../result.ts';
import { sizeOf } from './checkpoint.ts';
import type { LedgerStore } from './ledger-ports.ts';
import { foldPerfect, type Hash } from './merkle.ts';
import { formatProof } from './proof-file.ts';
import { mayAudit, type PublishedLog, type ReadLogPorts } from './read-log.ts';
import { decodeHashes, placeOfSubtree, tilePath } from './tiles.ts';
import { inclusionProof } from './tree-proofs.ts';

type LogPorts = {
  readonly places: Pick<LedgerStore, 'placed'>;
  readonly log: PublishedLog;
};

export type ProvePorts = ReadPorts & LogPorts;

/** The ordinary way takes this long. */
const RETRY_AFTER_SECONDS = 5;
const PAGE = 200;

/** A proof, for whoever may see the grant, that the published log has this event of it. */
export async function proveEvent(
  ports: ProvePorts,
  call: CallSource,
  grantId: string,
  eventId: string,
): Promise<Result<string, Failure>> {
  const grant = await findVisibleGrant(ports, call, grantId);
  if (!grant.ok) return grant;
  const found = await hasEvent(ports, grant.value.id, eventId);
  if (!found.ok) return found;
  if (!found.value) {
    const detail = `Grant ${grant.value.id} has no such event. GET /v1/grants/${grant.value.id}/events lists its events.`;
    return err({ code: 'not-found', detail });
  }
  return proofOf(ports, eventId);
}

/**
 * A proof, for whoever may audit, that the published log has this event. Of an event that nobody recorded there is no
 * proof either, for as long as one waits.
 */
export async function proveAnyEvent(
  ports: LogPorts & ReadLogPorts,
  { caller }: CallSource,
  eventId: string,
): Promise<Result<string, Failure>> {
  const may = mayAudit(ports.engine, caller);
  if (!may.ok) return may;
  if (!EVENT_ID.test(eventId)) return err({ code: 'not-found', detail: NO_ID });
  return proofOf(ports, eventId);
}

const NO_ID = 'This is no id of an event: they are like ev_0123456789abcdefghjk.';

async function proofOf(ports: LogPorts, eventId: string): Promise<Result<string, Failure>> {
  const places = await ports.places.placed([eventId]);
  if (!places.ok) return places;
  const checkpoint = await ports.log.checkpoint();
  if (!checkpoint.ok) return checkpoint;
  const index = places.value.get(eventId);
  const size = checkpoint.value === null ? 0 : sizeOf(checkpoint.value.note);
  if (checkpoint.value === null || index === undefined || index >= size) {
    return err({ code: 'not-published', retryAfterSeconds: RETRY_AFTER_SECONDS });
  }
  const hashes = await hashesFor(ports.log, index, size);
  if (!hashes.ok) return hashes;
  return ok(formatProof({ index, hashes: hashes.value, checkpoint: checkpoint.value.note }));
}

async function hasEvent(
  { store }: ProvePorts,
  grantId: string,
  eventId: string,
): Promise<Result<boolean, Unavailable>> {
  let after: string | null = null;
  do {
    const page = await store.events(grantId, { limit: PAGE, after });
    if (!page.ok) return page;
    if (page.value.events.some(({ id }) => id === eventId)) return ok(true);
    after = page.value.next;
  } while (after !== null);
  return ok(false);
}

/** Leaves `inclusionProof` through the failure of a file. */
class NoFile extends Error {}

async function hashesFor(
  log: PublishedLog,
  index: number,
  size: number,
): Promise<Result<readonly Hash[], Unavailable>> {
  const readSubtree = async (height: number, at: number): Promise<Hash> => {
    const { tile, from, to } = placeOfSubtree(height, at, size);
    const file = await log.read(tilePath(tile));
    const hashes = file.ok && file.value !== null ? decodeHashes(file.value, tile.width) : null;
    if (hashes === null) throw new NoFile();
    return foldPerfect(hashes.slice(from, to));
  };
  try {
    return ok(await inclusionProof(readSubtree, index, size));
  } catch (error) {
    if (error instanceof NoFile) return err({ code: 'unavailable', what: 'ledger' });
    throw error;
  }
}
