import type { ReadLogFile } from '../../core/ledger/from-tiles.ts';
import { decodeBundle, TILE_WIDTH, tilePath } from '../../core/ledger/tiles.ts';
import type { GrowthFault, HistoryFault } from '../../core/ledger/verify-growth.ts';
import type { LogFault } from '../../core/ledger/verify-log.ts';
import { plain } from '../terminal.ts';
import type { Log } from './log.ts';

/** What does not verify, in words: what is wrong, and what to do. */

export type Fault = LogFault | GrowthFault;
export type Explanation = { readonly message: string; readonly hint: string };

/** Where a fault names an entry: its place, and the event that stands there, if it can be read. */
export type FaultyEntry = {
  readonly index: number;
  readonly event: { readonly id: string; readonly about: string } | null;
};

export const COPY = 'Keep a copy of the files as they are, and tell your security team.';
const INCOMPLETE =
  'If this is a copy that may be incomplete, copy it again. If not: keep it as it is, and tell your security team.';

export function explain(fault: Fault, log: Log, entry: FaultyEntry | null): Explanation {
  const { place, key } = log;
  const isFolder = !place.includes('://');
  const whole = isFolder ? INCOMPLETE : COPY;
  const which = entry === null ? '' : nameOf(entry);
  switch (fault.code) {
    case 'no-checkpoint':
      return { message: `${place} has no checkpoint.`, hint: noCheckpointHint(log) };
    case 'malformed':
      return {
        message: `The checkpoint of ${place} is not one of a ledger: ${plain(fault.reason)}.`,
        hint: whole,
      };
    case 'unsigned':
      return {
        message: `The checkpoint of ${place} is not signed by the key ${key.name}: it is of another log, or another key was put in its place.`,
        hint: `Compare the key with the one that your platform team publishes:\n  ${log.vkey}\n${COPY}`,
      };
    case 'forged':
      return {
        message: `The checkpoint of ${place} was changed after it was signed: its signature by ${plain(fault.name)} is forged.`,
        hint: COPY,
      };
    case 'missing':
      return {
        message: `${place} lacks ${fault.path}${which === '' ? '' : `: it cannot be verified from ${which} on`}.`,
        hint: whole,
      };
    case 'damaged':
      return {
        message: `${fault.path} of ${place} is not what was signed${which === '' ? '' : `: the first entry that does not fit is ${which}`}.`,
        hint: whole,
      };
    case 'wrong-hash':
      return { message: wrongHash(fault.wrong, fault.path, place, which), hint: COPY };
    case 'wrong-root':
      return { message: wrongRoot(log, fault.size), hint: whole };
    case 'older':
      return isFolder ? olderCopy(log, fault, true) : olderState(log, fault);
    case 'smaller':
      if (isFolder) return olderCopy(log, fault, false);
      return {
        message: `${place} has ${entries(fault.size)}, but it had ${entries(fault.before)} ${seenWhen(log)}: it was cut off, or an old state was put back.`,
        hint: COPY,
      };
    case 'forked':
      return {
        message: `${place} is another log than ${seenWhen(log)}: of its first ${entries(Math.min(fault.before, fault.size))} some were changed, and it was signed again.`,
        hint: COPY,
      };
  }
}

type Shrunk = Pick<HistoryFault, 'before' | 'size'>;

/** The broker has all that was seen, and does not show it. */
function olderState(log: Log, { before, size }: Shrunk): Explanation {
  return {
    message: `${log.place} shows an older state of the ledger: it has ${entries(size)}, and it had ${entries(before)} ${seenWhen(log)}. Its files prove that the later state begins with this one: nothing was changed, but the entries after it are not shown.`,
    hint: STALE,
  };
}

/** A copy does not grow. If it lacks the later tiles, it cannot show that the later state begins with it. */
function olderCopy(log: Log, { before, size }: Shrunk, isProven: boolean): Explanation {
  const shows = isProven
    ? 'Its files prove that the later state begins with it.'
    : 'Its checkpoint is signed, but a copy cannot show that the later state begins with it.';
  return {
    message: `${log.place} is an older copy: it has ${entries(size)}, and the ledger had ${entries(before)} ${seenWhen(log)}. ${shows}`,
    hint: OLDER,
  };
}

const STALE =
  'Look again in a minute: a cache on the way may have answered. If it stays so, an old checkpoint was put back: tell your platform team (docs/runbooks/ledger.md).';

const OLDER =
  'That it is older is no attack by itself. To know what it is, verify the ledger that it was made from (valetkey audit verify), and copy it again; or verify the copy where no later state was seen.';

function wrongHash(wrong: string, path: string, place: string, which: string): string {
  if (wrong === 'entry') return `In ${place}, ${which} was changed after it was signed.`;
  if (wrong === 'tile') {
    return `${path} of ${place} was changed: its hash of ${which} is wrong. The entry itself is as it was signed.`;
  }
  return `In ${place}, ${which} and its hash in ${path} differ, and neither is what was signed.`;
}

function wrongRoot({ place, before }: Log, size: number): string {
  const since =
    before === null || before.checkpoint.size === 0
      ? ''
      : ` The first ${entries(before.checkpoint.size)} are those that you saw ${before.seenAt}.`;
  return `The files of ${place} are not those whose checkpoint was signed, with ${entries(size)}: entries were replaced together with their hashes.${since}`;
}

function noCheckpointHint({ place, before }: Log): string {
  if (before !== null) {
    return `It had ${entries(before.checkpoint.size)} ${before.seenAt}: it was taken away, or the place is wrong. ${COPY}`;
  }
  return place.includes('://')
    ? 'The first one comes seconds after the first event. If there are events: ask your platform team.'
    : 'Name the folder that has the file `checkpoint` and the folder `tile`.';
}

function seenWhen({ before }: Log): string {
  return before === null ? 'before' : `when you saw it ${before.seenAt}`;
}

export function entries(count: number): string {
  return `${count.toLocaleString('en')} ${count === 1 ? 'entry' : 'entries'}`;
}

function nameOf({ index, event }: FaultyEntry): string {
  const what = event === null ? '' : ` (event ${plain(event.id)} of ${plain(event.about)})`;
  return `entry ${index}${what}`;
}

/** The event that stands at a place of a log with `size` entries, as far as its bundle can be read. */
export async function entryAt(
  read: ReadLogFile,
  index: number,
  size: number,
): Promise<FaultyEntry> {
  const bundle = Math.floor(index / TILE_WIDTH);
  const width = Math.min(TILE_WIDTH, size - bundle * TILE_WIDTH);
  const bytes = await read(tilePath({ level: 'entries', index: bundle, width })).catch(() => null);
  if (bytes?.ok !== true || bytes.value === null) return { index, event: null };
  const all = decodeBundle(bytes.value);
  const some = all.ok ? all : decodeBundle(bytes.value.subarray(0, all.error.at));
  const entry = some.ok ? some.value[index - bundle * TILE_WIDTH] : undefined;
  return { index, event: entry === undefined ? null : eventIn(entry) };
}

export function eventIn(entry: Uint8Array): FaultyEntry['event'] {
  try {
    const event = JSON.parse(Buffer.from(entry).toString('utf8')) as Record<string, unknown>;
    const { id, grantId, principalId } = event;
    if (typeof id !== 'string') return null;
    if (typeof grantId === 'string') return { id, about: `grant ${grantId}` };
    return { id, about: typeof principalId === 'string' ? principalId : 'the broker' };
  } catch {
    return null;
  }
}
