import { expect, test } from '@jest/globals';
import { readLine } from '../../../core/evidence/ledger-line.ts';
import { periodOf } from '../../../core/evidence/period.ts';
import { entryOf } from '../../../core/ledger/entry.ts';
import { err } from '../../../core/result.ts';
import { entryBytesOf, time, trailOf } from '../../support/evidence-trail.ts';

const { requested } = trailOf(time('20T10:00:00'));

test('a field that is wrong is named with all that it is in', () => {
  const line = JSON.parse(Buffer.from(entryBytesOf(requested)).toString());
  line.inputs.facts.mfa = 'yes';
  expect(readLine(Buffer.from(JSON.stringify(line)))).toEqual(
    err({ code: 'malformed', reason: 'its inputs.facts.mfa is not what it has to be' }),
  );
});

test('an entry that is a digest says of which event', () => {
  expect(readLine(entryOf(requested, 'digests').bytes)).toEqual(
    err({ code: 'digest', event: requested.id }),
  );
});

test.each(['', '1970', '1970-01-01T', '+012026-03-01'])('%j is no day', (day) => {
  expect(periodOf(day, '2026-03-01')).toEqual(err(`"${day}" is no day.`));
});
