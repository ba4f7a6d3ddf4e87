import { setTimeout as sleep } from 'node:timers/promises';
import { openCheckpoint } from '../../core/ledger/checkpoint.ts';
import type { Broker } from '../broker/client.ts';
import { EXIT, Failure } from '../failure.ts';
import { interruptible } from '../grants/interruption.ts';
import { notes } from '../notes.ts';
import { signedIn } from '../sign-in/bearer.ts';
import { jsonLines, type Terminal } from '../terminal.ts';
import { entries } from './explain-fault.ts';
import { logOfBroker } from './open-log.ts';
import { demandGrowth, failure, rememberLog, type Signed } from './same-log.ts';

/** `valetkey audit watch`: each new checkpoint must be of the log that was seen before. */

export type WatchOptions = {
  readonly broker?: string;
  /** In seconds. */
  readonly every?: number;
  readonly json: boolean;
};

/** How often in a row the broker may not answer. */
const MOST_FAILURES = 10;

export async function watch(options: WatchOptions, out: Terminal): Promise<void> {
  const { every = 60, json } = options;
  const broker = signedIn(options.broker);
  await interruptible(async ({ signal }) => {
    let last: Look | null = null;
    let told = false;
    for (let failures = 0; !signal.aborted; ) {
      try {
        const now = await look(broker);
        if (now === null && !told) notes.print('The ledger has no checkpoint yet.');
        told = true;
        if (now !== null && now.note !== last?.note) show(now, json, out);
        last = now ?? last;
        failures = 0;
      } catch (error) {
        failures += 1;
        if (!isPassing(error) || failures >= MOST_FAILURES) throw error;
        notes.print(`${error.message} Trying again.`);
      }
      await sleep(every * 1000, undefined, { signal }).catch(() => undefined);
    }
    throw new Failure('interrupted', 'Interrupted.');
  });
}

type Look = Signed & {
  /** Entries when it was seen before; null if it never was. */
  readonly before: number | null;
};

/**
 * @returns null if nothing has been signed yet.
 * @throws LogFailure if it is not the log that was seen before.
 */
async function look(broker: Broker): Promise<Look | null> {
  const log = await logOfBroker(broker);
  const { read, key, before } = log;
  const bytes = await read('checkpoint');
  const note = bytes.ok && bytes.value !== null ? Buffer.from(bytes.value).toString('utf8') : null;
  if (note === null && before === null) return null;
  if (note === null) throw await failure(log, { code: 'no-checkpoint' }, null, before);
  const checkpoint = openCheckpoint(note, key);
  if (!checkpoint.ok) throw await failure(log, checkpoint.error, note, before);
  const now = { note, checkpoint: checkpoint.value };
  await demandGrowth(log, now);
  await rememberLog(log, now);
  return { ...now, before: before?.checkpoint.size ?? null };
}

function isPassing(error: unknown): error is Failure {
  return error instanceof Failure && error.exitCode === EXIT.unreachable;
}

function show({ checkpoint: { size, root }, before }: Look, json: boolean, out: Terminal): void {
  const at = `${new Date().toISOString().slice(0, 19)}Z`;
  const added = before === null ? null : size - before;
  if (json) {
    const hash = Buffer.from(root).toString('base64');
    jsonLines(process.stdout).json({ at, size, added, root: hash });
    return;
  }
  const news = added === null ? 'seen for the first time' : `${added.toLocaleString('en')} new`;
  out.print(`${out.paint('dim', at)}  ${entries(size)}, ${news}`);
}
