import { expect, test } from '@jest/globals';
import { SIGNAL_KINDS } from '../../../../core/audit.ts';
import { kindInWords } from '../../../../dashboard/views/overview/signal-kinds.ts';

test('each kind of signal has words of its own', () => {
  const words = SIGNAL_KINDS.map(kindInWords);
  expect(new Set(words).size).toBe(SIGNAL_KINDS.length);
  for (const said of words) expect(said).toMatch(/^[a-z ]+$/);
});

test('a kind that this page does not know is shown as it is', () => {
  expect(kindInWords('keys-on-mars')).toBe('keys-on-mars');
});
