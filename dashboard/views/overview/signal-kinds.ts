import type { SignalKind } from '../../../core/audit.ts';

const WORDS: Readonly<Record<SignalKind, string>> = {
  'many-denials': 'many denials',
  'many-lapses': 'many requests that lapsed',
  'refused-administration': 'tried what only administrators may do',
  'new-network': 'a new network',
  'token-two-networks': 'one token from two networks',
  'fast-votes': 'votes in haste',
  'approver-burst': 'many votes at once',
  'kill-switch-pressure': 'fills a kill switch',
  'keys-elsewhere': 'keys used from another network',
  'keys-after-end': 'keys worked after their grant',
  'keys-chained': 'keys used in another role',
  'keys-new-agent': 'keys used by a new program',
  'keys-refused-burst': 'many refused calls with keys',
};

/** A newer broker may have further kinds. */
export function kindInWords(kind: string): string {
  return (WORDS as Readonly<Record<string, string>>)[kind] ?? kind;
}
