import { expect, test } from '@jest/globals';
import { showGrant } from '../../../cli/grants/show.ts';
import type { Terminal } from '../../../cli/terminal.ts';
import { GRANT } from '../fake-server.ts';

function shown(grant: object): readonly string[] {
  const lines: string[] = [];
  const out: Terminal = {
    print: (text) => lines.push(text),
    note: () => undefined,
    json: () => undefined,
    paint: (_, text) => text,
  };
  showGrant(out, { ...GRANT, ...grant });
  return lines;
}

const ADVICE = 'Ask for at most 10 minutes: it would be allowed at once.';
const decision = { ...GRANT.decision, advice: [ADVICE] };

test('a grant that waits for approval shows what would be allowed at once', () => {
  expect(shown({ status: 'pending', decision }).at(-1)).toBe(`  advice     ${ADVICE}`);
});

test('a grant that no longer waits does not', () => {
  expect(shown({ status: 'active', decision }).join()).not.toContain(ADVICE);
});
