import { existsSync } from 'node:fs';
import { recordingText } from '../../core/usage/recording.ts';
import { Failure, UsageError } from '../failure.ts';
import { writePrivate } from '../private-file.ts';
import { plain, type Terminal } from '../terminal.ts';
import type { Vended } from './obtain.ts';

/** Notes the sessions of a run of `exec --record`. */
export type Recorder = {
  /** Returns what it is given. */
  readonly seen: (vended: Vended) => Vended;
  readonly begin: () => void;
  /** Writes the file, if the command was begun. A file that cannot be written does not change how the run ends. */
  readonly end: () => void;
};

/** @param file Null to note nothing. */
export function recorderOf(first: Vended, file: string | null, note: Terminal['note']): Recorder {
  const accessKeyIds = new Set([first.credentials.accessKeyId]);
  const { id: grantId, entitlement } = first.grant;
  let from: number | null = null;
  return {
    seen(vended) {
      accessKeyIds.add(vended.credentials.accessKeyId);
      return vended;
    },
    begin() {
      from = Date.now();
    },
    end() {
      if (file === null || from === null) return;
      const until = Date.now();
      const recording = { grantId, entitlement, accessKeyIds: [...accessKeyIds], from, until };
      try {
        writePrivate(file, recordingText(recording));
        note(plain(`valetkey: the recording is ${file}`), { recording: file });
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        note(plain(`valetkey: ${error.message}`), { notRecorded: file, error: error.message });
      }
    },
  };
}

/** @throws UsageError if there is such a file: an earlier recording may be all that is left of its run. */
export function refuseExisting(file: string | null): void {
  if (file === null || !existsSync(file)) return;
  throw new UsageError(
    `${plain(file)} exists: nothing is overwritten.`,
    'Name a new file with --record.',
  );
}
