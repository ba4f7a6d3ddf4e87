import { writeFileSync } from 'node:fs';
import { Failure } from '../failure.ts';
import { reasonOf } from '../private-file.ts';
import { plain } from '../terminal.ts';

/** Writes a file that nobody has. @throws Failure if it exists, or cannot be written. */
export function writeNew(file: string, text: string): void {
  try {
    writeFileSync(file, text, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    throw new Failure('failed', `Cannot write ${plain(file)}: ${reasonOf(error)}.`);
  }
}
