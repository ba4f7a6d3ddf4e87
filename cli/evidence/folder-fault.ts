import { Failure } from '../failure.ts';

/** What is wrong with a folder of evidence: the first file that is not as it has to be. */
export class FolderFault extends Failure {
  override readonly name = 'FolderFault';
  /** Its path in the folder. */
  readonly file: string;

  constructor(file: string, message: string, hint: string) {
    super('failed', message, hint);
    this.file = file;
  }
}

export const KEEP = 'Keep the folder as it is, and tell your security team.';
export const INCOMPLETE = `If this is a copy that may be incomplete, copy it again. If not: ${KEEP[0]?.toLowerCase()}${KEEP.slice(1)}`;
