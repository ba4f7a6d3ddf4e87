import type { WitnessFault } from '../../core/ledger/witnessed.ts';
import { plain } from '../terminal.ts';
import { COPY, type Explanation, entries } from './explain-fault.ts';
import type { Log } from './log.ts';

/** What a witness did not see, or saw otherwise, in words: what is wrong, and what to do. */
export function explainWitness(
  fault: WitnessFault,
  { place, broker }: Pick<Log, 'place' | 'broker'>,
  evidence: readonly string[],
): Explanation {
  const witness = plain(fault.witness);
  switch (fault.code) {
    case 'unwitnessed':
      if (broker === null) {
        return { message: `The checkpoint of ${place} is not cosigned by ${witness}.`, hint: ONE };
      }
      return {
        message: `${witness} cosigned no checkpoint of ${place} in the last day.`,
        hint: ASK,
      };
    case 'witness-late':
      return {
        message: `${witness} cosigned ${place} last at ${timeOf(fault.seconds)}, with ${entries(fault.size)}: it has not seen the ${entries(fault.uncovered)} after that.`,
        hint: `If nothing had happened there for a day: look again in five minutes, when the witness was asked. ${ASK}`,
      };
    case 'witness-forged':
      return {
        message: `The cosignature by ${witness} beneath the checkpoint of ${place} with ${entries(fault.size)} is forged: it is not over this checkpoint.`,
        hint: COPY,
      };
    case 'witness-forked':
      return {
        message: `${witness} cosigned a checkpoint with ${entries(fault.size)} that contradicts ${place}: the key of the ledger signed two logs.`,
        hint: `Both checkpoints are kept: ${evidence.join(' and ')}\n${COPY}`,
      };
  }
}

/** The last second of the year 9999. */
const LAST_SECONDS = 253_402_300_799;

export function timeOf(seconds: number): string {
  if (seconds > LAST_SECONDS) return `second ${seconds} since 1970`;
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;
}

const ONE =
  'A copy has one checkpoint, and the ledger is brought to its witnesses every five minutes: copy it again then. To look back from the newest checkpoint, verify the broker: valetkey audit verify --witness VKEY';

const ASK =
  'Without its witness, you cannot know whether everybody is shown the same ledger. Check that the key is that of a witness whom the broker asks (valetkey audit key --json), and ask your platform team, who have an alarm for it: LedgerUnwitnessed.';
