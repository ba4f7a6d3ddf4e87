import type { Credentials } from '../broker/answers.ts';
import { UsageError } from '../failure.ts';
import { parentProgram } from '../parent-program.ts';
import { CONFLICTING, credentialVariables } from './child-environment.ts';

/**
 * What `valetkey env` prints for a shell. The shape of credentials is checked where they are read: they have no
 * character that means something to a shell within the quotes that are used here.
 */

type Variables = Readonly<Record<string, string>>;

type Syntax = {
  readonly set: (name: string, value: string) => string;
  readonly unset: (name: string) => string;
};

const POSIX: Syntax = {
  set: (name, value) => `export ${name}='${value}'`,
  unset: (name) => `unset ${name}`,
};
const POWERSHELL: Syntax = {
  set: (name, value) => `$Env:${name} = '${value}'`,
  unset: (name) => `Remove-Item Env:${name} -ErrorAction Ignore`,
};

/** Nushell evaluates no text, but loads a record: a variable that is null is not passed on to programs. */
const NUSHELL = 'nushell';

const SYNTAX = {
  bash: POSIX,
  zsh: POSIX,
  sh: POSIX,
  fish: {
    set: (name, value) => `set -gx ${name} '${value}';`,
    unset: (name) => `set -e ${name};`,
  },
  powershell: POWERSHELL,
  pwsh: POWERSHELL,
  cmd: {
    set: (name, value) => `set "${name}=${value}"`,
    unset: (name) => `set "${name}="`,
  },
} satisfies Readonly<Record<string, Syntax>>;

export type Shell = keyof typeof SYNTAX | typeof NUSHELL;
export const SHELLS: readonly Shell[] = [...(Object.keys(SYNTAX) as Shell[]), NUSHELL];

/** Sets the keys, and removes what would override them. */
export function exportLines(credentials: Credentials, shell: Shell): string {
  const set = credentialVariables(credentials);
  return written(
    set,
    CONFLICTING.filter((name) => !(name in set)),
    shell,
  );
}

/** Removes what `exportLines` sets. */
export function unsetLines(shell: Shell): string {
  const shape = { accessKeyId: '', secretAccessKey: '', sessionToken: '', expiration: '' };
  return written({}, Object.keys(credentialVariables(shape)), shell);
}

function written(set: Variables, unset: readonly string[], shell: Shell): string {
  if (shell === NUSHELL) {
    const removed = Object.fromEntries(unset.map((name) => [name, null]));
    return JSON.stringify({ ...removed, ...set });
  }
  const syntax: Syntax = SYNTAX[shell];
  return [
    ...unset.map((name) => syntax.unset(name)),
    ...Object.entries(set).map(([name, value]) => syntax.set(name, value)),
  ].join('\n');
}

/** Programs whose syntax is that of another one of the list. */
const ALSO: Readonly<Record<string, Shell>> = {
  nu: NUSHELL,
  dash: 'sh',
  ash: 'sh',
  busybox: 'sh',
  ksh: 'sh',
  mksh: 'sh',
};

/**
 * The shell that the user named, else the one that runs this command. $SHELL is not asked: it names the shell of the
 * login, whatever shell runs now.
 *
 * @throws UsageError if that is no shell that is known.
 */
export function shellOf(
  named: string | undefined,
  parent: () => string | null = parentProgram,
): Shell {
  const name = named ?? parent() ?? '';
  const found = SHELLS.find((shell) => shell === name) ?? ALSO[name];
  if (found !== undefined) return found;
  throw new UsageError(
    named === undefined ? 'Your shell is not known.' : `--shell: "${named}" is not supported.`,
    `Name it with --shell: ${SHELLS.join(', ')}.`,
  );
}
