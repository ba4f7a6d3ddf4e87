import { expect, test } from '@jest/globals';
import { showGrant, showGrants } from '../../../cli/grants/show.ts';
import type { Terminal } from '../../../cli/terminal.ts';
import { GRANT } from '../fake-server.ts';

function printed(show: (out: Terminal) => void): readonly string[] {
  const lines: string[] = [];
  show({
    print: (text) => lines.push(text),
    note: () => undefined,
    json: () => undefined,
    paint: (_, text) => text,
  });
  return lines;
}

const shown = (grant: object) => printed((out) => showGrant(out, { ...GRANT, ...grant }));

const ADVICE = 'Ask for at most 10 minutes: it would be allowed at once.';
const decision = { ...GRANT.decision, advice: [ADVICE] };

test('a grant that waits for approval shows what would be allowed at once', () => {
  expect(shown({ status: 'pending', decision }).at(-1)).toBe(`  advice     ${ADVICE}`);
});

test('a grant that no longer waits does not', () => {
  expect(shown({ status: 'active', decision }).join()).not.toContain(ADVICE);
});

test('a list of grants has no blanks at the ends of its lines, nor gaps for what a grant lacks', () => {
  const pending = { ...GRANT, status: 'pending', expiresAt: null };
  const full = { ...GRANT, parameters: { prefix: 'a' } };
  expect(printed((out) => showGrants(out, [pending, full]))).toEqual([
    `${GRANT.id}  pending    artifacts-read  ana`,
    `${GRANT.id}  active     artifacts-read  ana  prefix=a  until 2099-01-01T00:00:00Z`,
  ]);
});
