import { describe, expect, test } from '@jest/globals';
import { valetkey } from '../../../cli/program.ts';
import { candidates, completionScript } from '../../../cli/setup/completion.ts';
import { terminal } from '../../../cli/terminal.ts';

const silent = terminal({ write: () => true }, {});
const program = valetkey(silent, silent);

describe('completion', () => {
  test.each([
    [['re'], ['request', 'requests', 'release', 'revoke', 'review', 'resume', 'revoke-all']],
    [
      ['policy', ''],
      ['init', 'check', 'test', 'explain', 'diff', 'replay'],
    ],
    [['exec', '--rea'], ['--reason']],
    [['exec', '--', 're'], []],
  ])('of %j offers %j', (words, expected) => {
    expect([...candidates(program, words)].toSorted()).toEqual([...expected].toSorted());
  });

  test.each(['bash', 'zsh', 'fish'] as const)('in %s calls the command', (shell) => {
    expect(completionScript(shell)).toContain('valetkey __complete');
  });
});
