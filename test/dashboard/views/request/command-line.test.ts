import { execFileSync } from 'node:child_process';
import { expect, test } from '@jest/globals';
import { commandLine } from '../../../../dashboard/views/request/command-line.ts';

const BODY = { entitlement: 'artifacts-read', parameters: {}, durationSeconds: 1800 };

/** The words that a shell makes of the line. */
function wordsOf(line: string): string[] {
  const output = execFileSync('sh', ['-c', `printf '%s\\n' ${line}`], { encoding: 'utf8' });
  return output.trimEnd().split('\n');
}

test('the command makes the same request', () => {
  const line = commandLine({
    ...BODY,
    parameters: { prefix: 'releases/1' },
    justification: 'Roll back 4711',
    ticket: 'OPS-4711',
    startsAt: '2026-11-28T02:00:00Z',
    scope: { actions: ['s3:GetObject'], resources: ['arn:aws:s3:::acme-artifacts/releases/1/*'] },
  });
  expect(line).toBe(
    "valetkey request artifacts-read -p prefix=releases/1 --for 30m --reason 'Roll back 4711' --ticket OPS-4711 --action s3:GetObject --resource 'arn:aws:s3:::acme-artifacts/releases/1/*' --at 2026-11-28T02:00:00Z",
  );
});

test.each(["it's", '$(id)', '`id`', '"; id; "', 'a\\b', '-x', '~', '#', '!!'])(
  'a shell reads %s as it was typed',
  (justification) => {
    expect(wordsOf(commandLine({ ...BODY, justification }))).toEqual([
      ...['valetkey', 'request', 'artifacts-read', '--for', '30m', '--reason', justification],
    ]);
  },
);
