import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { EVENT_ID } from '../../core/ids.ts';
import { type EventLine, entryBytes } from '../../core/ledger/entry.ts';
import { formatProof, parseProof } from '../../core/ledger/proof-file.ts';
import type { Broker } from '../broker/client.ts';
import { EXIT, Failure, UsageError } from '../failure.ts';
import { allEvents } from '../grants/events.ts';
import { grantIdOf } from '../grants/find.ts';
import { interruptible } from '../grants/interruption.ts';
import { notes } from '../notes.ts';
import { signedIn } from '../sign-in/bearer.ts';
import { plain, type Terminal } from '../terminal.ts';
import { entries } from './explain-fault.ts';
import type { Log } from './log.ts';
import { logOfBroker } from './open-log.ts';
import { type Proven, proven } from './proven.ts';
import { demandSame, rememberLog } from './same-log.ts';

/** `valetkey audit proof`: the proof of one event, verified here before anybody gets it. */

export type ProofOptions = {
  readonly broker?: string;
  readonly out?: string;
  readonly json: boolean;
};

export async function proof(
  grant: string,
  eventId: string,
  options: ProofOptions,
  out: Terminal,
): Promise<void> {
  const broker = signedIn(options.broker);
  const id = await grantIdOf(broker, grant, 'own', []);
  const event = eventOf(await allEvents(broker, id), eventId, id);
  const log = await logOfBroker(broker);
  const path = `/v1/grants/${id}/events/${event.id}/proof`;
  const text = await interruptible(({ signal }) => untilProven(broker, path, signal));
  const forms = [entryBytes(event, 'events'), entryBytes(event, 'digests')];
  const found = proven(text, forms, log, `Event ${event.id}, as the broker shows it,`);
  await compare(log, found);
  const { index, checkpoint, entry } = found;
  // The entry is in it, so that the file alone can be verified.
  const parsed = parseProof(text);
  const file = parsed === null ? text : formatProof({ ...parsed, extra: entry });
  if (options.out !== undefined) writeFileSync(options.out, file);
  if (options.json) {
    const { size } = checkpoint;
    out.json({ origin: log.key.name, vkey: log.vkey, eventId: event.id, index, size, proof: file });
    return;
  }
  notes.print(
    `Event ${event.id} of ${id} is entry ${index} of ${log.key.name}, which has ${entries(checkpoint.size)}. The proof verifies.`,
  );
  if (options.out === undefined) out.print(file.trimEnd());
  else out.print(`Saved ${options.out}. To verify it: valetkey audit verify --from ${options.out}`);
}

type Events = Awaited<ReturnType<typeof allEvents>>;

/** @throws UsageError that names the events there are. */
function eventOf(
  events: Events,
  wanted: string,
  grant: string,
): EventLine & { readonly id: string } {
  const lines = events as unknown as readonly (EventLine & { readonly id: string })[];
  const found = lines.filter(({ id }) => id.startsWith(wanted));
  const [only] = found.filter(({ id }) => id === wanted).concat(found);
  const exact = only?.id === wanted || found.length === 1;
  if (only !== undefined && exact && EVENT_ID.test(only.id)) return only;
  const all = lines.map(({ id, at, type }) => plain(`  ${id}  ${at}  ${type}`));
  throw new UsageError(
    `${grant} has ${found.length > 1 ? 'more than one event whose id starts with' : 'no event'} "${plain(wanted)}".`,
    ['Its events:', ...all].join('\n'),
  );
}

const PATIENCE_MS = 10 * 60_000;
const LONGEST_WAIT_SECONDS = 30;

/**
 * Reads the proof, and waits while the event is not in a checkpoint yet.
 *
 * @throws Failure: `unreachable` if it does not get there; `interrupted` by the signal.
 */
export async function untilProven(
  broker: Broker,
  path: string,
  signal: AbortSignal,
  patienceMs = PATIENCE_MS,
): Promise<string> {
  const startedAt = performance.now();
  for (let told = false; ; told = true) {
    const answer = await broker.download(path, MAX_BYTES);
    if (answer.ok) return Buffer.from(answer.value).toString('utf8');
    const { status, retryAfterSeconds, failure } = answer.error;
    if (status !== 409 || retryAfterSeconds === null) throw failure;
    if (performance.now() - startedAt > patienceMs) throw behind();
    if (!told)
      notes.print('The event is not in a signed checkpoint yet: waiting for the next one.');
    const seconds = Math.min(Math.max(retryAfterSeconds, 0.2), LONGEST_WAIT_SECONDS);
    await sleep(seconds * 1000, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) throw new Failure('interrupted', 'Interrupted.');
  }
}

/** Of a proof: it has at most 63 hashes, and a checkpoint with some signatures. */
const MAX_BYTES = 64 * 1024;

function behind(): Failure {
  return new Failure(
    'unreachable',
    'The event is still not in a signed checkpoint: the ledger is behind.',
    'Try again later. If it stays behind, tell your platform team: the broker has an alarm for it.',
  );
}

/** Whether it is the log that was seen before can only be said by those who may read the log. */
async function compare(log: Log, found: Proven): Promise<void> {
  try {
    if (log.before !== null) await demandSame(log, found, log.before);
    await rememberLog(log, found);
  } catch (error) {
    if (!(error instanceof Failure) || error.exitCode !== EXIT.denied) throw error;
    notes.print(
      'Not compared with what you saw of the ledger before: to read it takes the right to audit.',
    );
  }
}
