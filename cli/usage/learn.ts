import { existsSync } from 'node:fs';
import { readInstant } from '../../core/api/read-instant.ts';
import type { Instant } from '../../core/instant.ts';
import { learnEntitlement } from '../../core/usage/learn.ts';
import { type Chosen, RecordingFold } from '../../core/usage/observe-recording.ts';
import { readRecording } from '../../core/usage/recording.ts';
import type { Needles, ReadPart } from '../../core/usage/usage-ports.ts';
import { Failure, UsageError } from '../failure.ts';
import { readText } from '../policy/explain.ts';
import { openBundle, tools } from '../policy/open-bundle.ts';
import { refuseExisting } from '../review-access/start.ts';
import { count, plain, type Terminal } from '../terminal.ts';
import { type UsageContext, unreadable } from './context.ts';
import { oneGrant } from './grants.ts';
import { withProgress } from './progress-line.ts';
import type { Progress, UsageReading } from './reading.ts';
import { writeNew } from './write-new.ts';

/** `valetkey policy learn`: a first entitlement from what was called. It deploys nothing. */

export type LearnOptions = {
  readonly recording?: string;
  readonly grant?: string;
  readonly session?: string;
  readonly logs: string;
  readonly from?: string;
  readonly until?: string;
  readonly out?: string;
  readonly json: boolean;
};

export type LearnContext = Pick<UsageContext, 'reading' | 'now'> & {
  /** Only a grant is asked for. */
  readonly broker: () => UsageContext['broker'];
};

export async function learn(
  options: LearnOptions,
  context: LearnContext,
  out: Terminal,
): Promise<void> {
  refuseExisting(options.out);
  const chosen = await chosenBy(options, context);
  const reading = await context.reading();
  const { observed, broken } = await withProgress((progress) =>
    observe(reading, options.logs, chosen, progress),
  );
  const learned = learnEntitlement(observed, issuerOfPeople(), broken);
  if (!learned.ok) {
    const hidden = broken === 0 ? '' : `; ${count(broken, 'record')} of the logs could not be read`;
    throw new Failure('failed', `Nothing was learned: ${learned.error}${hidden}.`, LATE);
  }
  const { text, review } = learned.value;
  if (options.out !== undefined) writeNew(options.out, text);
  if (options.json)
    return out.json({ ok: true, entitlement: text, review, file: options.out ?? null });
  if (options.out === undefined) return out.print(text.trimEnd());
  out.print(
    `The draft is ${plain(options.out)}, from ${count(observed.calls, 'call')}. Review it:`,
  );
  for (const item of review) out.print(plain(`  - ${item}`));
  out.print(
    'Fill in the role, put it into the entitlements of a bundle, and run valetkey policy check.',
  );
}

const LATE = 'Trails deliver records some minutes late: try again later, or name other logs.';

/** How far the clock of a machine that calls AWS can be from that of AWS: signatures expire after 15 minutes. */
const CLOCK_MS = 15 * 60_000;

/** @throws UsageError unless exactly one recording, grant or session is named. */
async function chosenBy(options: LearnOptions, { broker, now }: LearnContext): Promise<Chosen> {
  const { recording, grant, session } = options;
  if ([recording, grant, session].filter((one) => one !== undefined).length !== 1) {
    throw new UsageError(
      'Name one of --recording, --grant and --session.',
      'Make a recording: valetkey exec … --record FILE -- COMMAND',
    );
  }
  const none = { accessKeyIds: [], grantId: null, sessionName: null };
  const asked = { from: timeOf(options.from), until: timeOf(options.until) };
  if (recording !== undefined) {
    const read = readRecording(readText(recording));
    if (!read.ok) throw new UsageError(`${plain(recording)} ${read.error}.`);
    const { accessKeyIds, grantId, from, until } = read.value;
    // Others may use the same grant at the same time: their keys are not of this recording.
    const by = accessKeyIds.length > 0 ? { accessKeyIds } : { grantId };
    const times = { from: asked.from ?? from - CLOCK_MS, until: asked.until ?? until + CLOCK_MS };
    return { ...none, ...by, ...times };
  }
  if (grant !== undefined) {
    const { id, from, until } = await oneGrant(broker(), grant);
    const end = asked.until ?? until ?? now();
    return { ...none, grantId: id, from: asked.from ?? from, until: end };
  }
  const sessionName = session ?? null;
  return { ...none, sessionName, from: asked.from ?? 0, until: asked.until ?? now() };
}

/** @throws UsageError for what is no time. */
function timeOf(text: string | undefined): Instant | null {
  if (text === undefined) return null;
  const time = readInstant(text);
  if (time !== null) return time;
  throw new UsageError(`"${text}" is not a time.`, 'Write 2026-11-23T10:00:00Z.');
}

async function observe(
  { readRecords, map }: UsageReading,
  logs: string,
  chosen: Chosen,
  progress: Progress,
) {
  const fold = new RecordingFold(chosen, map);
  const { from, until } = chosen;
  const window = { from, until, accounts: null, regions: null };
  let broken = 0;
  const add = (part: ReadPart): void => {
    if (part.kind === 'record') fold.add(part.record);
    if (part.kind === 'unreadable') broken += 1;
  };
  const read = await readRecords({ logs, window, needles: needlesOf(chosen) }, add, progress);
  if (!read.ok) throw unreadable(logs, read.error);
  return { observed: fold.observed(), broken };
}

function needlesOf({ accessKeyIds, grantId, sessionName }: Chosen): Needles {
  return [...accessKeyIds, grantId, sessionName].filter((needle) => needle !== null);
}

/** Of the bundle that a deployment would take, where there is one. */
function issuerOfPeople(): string {
  const people = 'people';
  try {
    if (!existsSync('policy') && process.env['VALETKEY_POLICY'] === undefined) return people;
    const { read } = openBundle(undefined, tools());
    const issuers = read.ok ? read.value.bundle.issuers : [];
    return issuers.find(({ type }) => type === 'User')?.id ?? people;
  } catch {
    return people;
  }
}
