import type { LineFault } from '../../core/evidence/ledger-line.ts';
import { Failure } from '../failure.ts';
import { plain } from '../terminal.ts';

/** Why nothing can be exported: a row with empty columns would say that something did not happen. */
export function explainLine(fault: LineFault, index: number, place: string): Failure {
  const entry = `Entry ${index} of the ledger of ${place}`;
  switch (fault.code) {
    case 'digest':
      return new Failure(
        'failed',
        `${entry} has only the SHA-256 of event ${plain(fault.event)}, not what happened: nothing can be exported from it.`,
        DIGEST_HINT,
      );
    case 'unknown':
      return new Failure(
        'failed',
        `${entry} is of a kind that this version of valetkey does not know: ${plain(fault.what)}.`,
        'The broker is newer than the command: update valetkey.',
      );
    case 'malformed':
      return new Failure(
        'failed',
        `${entry} is signed, but it is no event: ${plain(fault.reason)}.`,
        'Tell your platform team: something else than the broker may have written it.',
      );
  }
}

const DIGEST_HINT =
  'Its content is looked for in the trail of its grant, and is not there: the event is of a principal, or the trail was changed. Tell your security team.';
