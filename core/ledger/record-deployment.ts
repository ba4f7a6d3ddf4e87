import { BROKER, brokerItself, type PrincipalEvent } from '../audit.ts';
import type { Bundle } from '../bundle/bundle.ts';
import { canonicalJson } from '../canonical-json.ts';
import type { Unavailable } from '../failure.ts';
import { newEventId, type RandomBytes, sha256 } from '../ids.ts';
import type { Instant } from '../instant.ts';
import { type Change, changesBetween } from '../policy/diff.ts';
import { err, ok, type Result } from '../result.ts';
import { bundlePath, sourcePath } from './bundle-path.ts';
import type { LedgerFiles } from './ledger-ports.ts';

export type Deployments = {
  /** The hash of the bundle whose deployment was recorded last; null before the first. */
  readonly last: () => Promise<Result<string | null, Unavailable>>;
  /** Writes the event and the hash at once; false if another one was faster. */
  readonly record: (
    event: PrincipalEvent,
    hash: string,
    before: string | null,
  ) => Promise<Result<boolean, Unavailable>>;
};

export type DeploymentPorts = {
  readonly deployments: Deployments;
  readonly files: Pick<LedgerFiles, 'create' | 'read'>;
  readonly clock: () => Instant;
  readonly random: RandomBytes;
};

/** Fewer bytes than an entry of the log may have. */
const MOST_BYTES = 12_000;

/**
 * Leaves the record of a deployment: which bundle is in force now, and how it differs from the one before. The
 * bundle itself becomes a file beside those of the log, by its hash, and so do the files that it was compiled from.
 *
 * @param source Made by `bundleSource`.
 * @returns whether there was a deployment to record.
 */
export async function recordDeployment(
  { deployments, files, clock, random }: DeploymentPorts,
  { bundle, source }: { readonly bundle: Bundle; readonly source: string },
  requestId: string,
): Promise<Result<boolean, Unavailable>> {
  // Also where the bundle is known: a version of the broker that did not keep sources may have recorded it.
  const kept = await files.create(sourcePath(bundle.hash), Buffer.from(source));
  if (!kept.ok) return err(UNREACHABLE);
  const bytes = Buffer.from(canonicalJson(bundle));
  const hash = sha256(bytes.toString());
  const last = await deployments.last();
  if (!last.ok) return last;
  if (last.value === hash) return ok(false);
  const created = await files.create(bundlePath(hash), bytes);
  if (!created.ok) return err(UNREACHABLE);
  const changes = await changesSince(files, last.value, bundle);
  if (!changes.ok) return changes;
  const event: PrincipalEvent = {
    id: newEventId(random),
    principalId: BROKER,
    type: 'bundle-deployed',
    at: clock(),
    ...brokerItself(requestId),
    bundle: bundle.hash,
    file: bundlePath(hash),
    changes: changes.value,
    reason: '',
  };
  return deployments.record(event, hash, last.value);
}

const UNREACHABLE: Unavailable = { code: 'unavailable', what: 'ledger' };

async function changesSince(
  files: Pick<LedgerFiles, 'read'>,
  last: string | null,
  bundle: Bundle,
): Promise<Result<readonly string[], Unavailable>> {
  if (last === null) return ok(['the first bundle']);
  const before = await files.read(bundlePath(last));
  if (!before.ok) return before;
  if (before.value === null) return ok(['the bundle before is not known']);
  const previous = JSON.parse(Buffer.from(before.value).toString('utf8')) as Bundle;
  return ok(withinBytes(changesBetween(previous, bundle).flatMap(sentencesOf)));
}

function sentencesOf({ kind, id, change, details }: Change): readonly string[] {
  const what = `${kind} ${id} ${change}`;
  return details.length === 0 ? [what] : details.map((detail) => `${what}: ${detail}`);
}

function withinBytes(sentences: readonly string[]): readonly string[] {
  const kept: string[] = [];
  let bytes = 0;
  for (const sentence of sentences) {
    bytes += Buffer.byteLength(sentence) + 4;
    if (bytes > MOST_BYTES) return [...kept, `and ${sentences.length - kept.length} more changes`];
    kept.push(sentence);
  }
  return kept;
}
