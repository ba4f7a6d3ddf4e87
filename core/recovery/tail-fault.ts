import type { TailFault } from './read-tail.ts';
import type { TooLong } from './tail.ts';

/** Why the end of the ledger cannot be read, in words. */
export function describeTailFault(fault: TailFault | TooLong): string {
  switch (fault.code) {
    case 'unavailable':
      return 'the files of the ledger do not answer';
    case 'missing':
      return `the ledger lacks ${fault.path}`;
    case 'damaged':
      return `${fault.path} of the ledger is damaged`;
    case 'not-signed':
      return `${fault.path} of the ledger is not what was signed`;
    case 'too-long':
      return `the ledger has more than ${fault.most} entries since the restore point: restore to a later one`;
  }
}
