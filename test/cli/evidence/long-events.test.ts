import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { linesOf } from '../../../cli/evidence/file-lines.ts';
import { longEvents, wholeIn } from '../../../cli/evidence/long-events.ts';
import { eventJson } from '../../../core/api/wire.ts';
import { canonicalJson } from '../../../core/canonical-json.ts';
import { entryOf } from '../../../core/ledger/entry.ts';
import { time, trailOf } from '../../support/evidence-trail.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'valetkey-long-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** U+2028 is no end of a line. */
const EVENTS = ['short', 'x'.repeat(200_000), 'a \u2028 b'].map(
  (justification) => trailOf(time('20T10:00:00'), { justification }).requested,
);
const DIGESTS = EVENTS.map((event) => entryOf(event, 'digests').bytes);
const WHOLE = EVENTS.map((event) => Buffer.from(canonicalJson({ v: 1, ...eventJson(event) })));

function write(events: readonly Uint8Array[]): void {
  const file = longEvents(folder);
  for (const event of events) file.add(event);
  file.close();
}

test('each entry that is a digest has the next event of the folder', async () => {
  write(WHOLE);
  const whole = wholeIn(folder);
  const found: Uint8Array[] = [];
  for (const digest of DIGESTS) {
    const other = Buffer.from('{"v":1}');
    expect(await whole(other)).toBe(other);
    found.push(await whole(digest));
  }
  expect(found).toEqual(WHOLE);
});

test('an event at another place than its entry is a fault', async () => {
  write(WHOLE.toReversed());
  const [first = Buffer.of()] = DIGESTS;
  await expect(wholeIn(folder)(first)).rejects.toMatchObject({
    message: expect.stringMatching(/lacks an event of gr_\w+: line 1 has to be the one/),
  });
});

test.each([
  ['no line', '', []],
  ['lines of any length', `a\n\n${'b'.repeat(65_534)}\n${'c'.repeat(300_000)}\n`, null],
  ['a last line without its end', 'a\nb', ['a', 'b']],
])('a file with %s is read by its lines', (_, text, lines) => {
  writeFileSync(join(folder, 'lines'), text);
  const found = Array.from(linesOf(join(folder, 'lines')), (line) => line.toString());
  expect(found).toEqual(lines ?? text.split('\n').slice(0, -1));
});
