import { basename } from 'node:path';
import type { Credentials } from '../broker/answers.ts';
import { UsageError } from '../failure.ts';
import { CONFLICTING, keyVariables } from './child-environment.ts';

/** What a shell evaluates: `eval "$(valetkey env …)"`. Keys are checked to need no quotes. */

export const SHELLS = ['sh', 'fish', 'powershell'] as const;
export type Shell = (typeof SHELLS)[number];

export function exportLines(keys: Credentials, shell: Shell): string {
  const set = keyVariables(keys);
  const cleared = CONFLICTING.filter((name) => !(name in set));
  const lines: Readonly<Record<Shell, readonly string[]>> = {
    sh: [`unset ${cleared.join(' ')}`, ...each(set, (name, value) => `export ${name}='${value}'`)],
    fish: [
      ...cleared.map((name) => `set -e ${name};`),
      ...each(set, (name, value) => `set -gx ${name} '${value}';`),
    ],
    powershell: [
      ...cleared.map((name) => `Remove-Item Env:${name} -ErrorAction Ignore`),
      ...each(set, (name, value) => `$Env:${name} = '${value}'`),
    ],
  };
  return lines[shell].join('\n');
}

function each(
  variables: Readonly<Record<string, string>>,
  line: (name: string, value: string) => string,
): readonly string[] {
  return Object.entries(variables).map(([name, value]) => line(name, value));
}

/** The user's own shell, unless one was named. */
export function shellOf(named: string | undefined): Shell {
  const usual = process.platform === 'win32' ? 'powershell' : 'sh';
  const own = basename(process.env['SHELL'] ?? '') === 'fish' ? 'fish' : usual;
  const found = SHELLS.find((it) => it === (named ?? own));
  if (found !== undefined) return found;
  throw new UsageError(`${named} is no shell that is known here.`, `Write ${SHELLS.join(', ')}.`);
}
