import { basename } from 'node:path';
import type { Credentials } from '../broker/answers.ts';
import { UsageError } from '../failure.ts';
import { CONFLICTING, credentialVariables } from './child-environment.ts';

/** Lines for `eval "$(valetkey env …)"`. The shape of credentials is checked where they are read. */

export const SHELLS = ['sh', 'fish', 'powershell'] as const;
export type Shell = (typeof SHELLS)[number];

export function exportLines(credentials: Credentials, shell: Shell): string {
  const set = credentialVariables(credentials);
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

/** The shell that the user named, else the user's own. */
export function shellOf(named: string | undefined): Shell {
  const usual = process.platform === 'win32' ? 'powershell' : 'sh';
  const own = basename(process.env['SHELL'] ?? '') === 'fish' ? 'fish' : usual;
  const found = SHELLS.find((shell) => shell === (named ?? own));
  if (found !== undefined) return found;
  throw new UsageError(`--shell: "${named}" is not supported.`, `Use one of ${SHELLS.join(', ')}.`);
}
