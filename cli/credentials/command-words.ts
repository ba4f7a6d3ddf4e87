import type { Command, OutputConfiguration } from 'commander';
import { UsageError } from '../failure.ts';

/** What stands before and after the first `--` of a command line. */
export type Words = {
  readonly entitlement: string | undefined;
  /** At least a program. */
  readonly command: readonly [string, ...string[]];
};

/** The words of `exec` or `ci exec`. */
export function commandWords(exec: Command, existingGrant: boolean): Words {
  const path: string[] = [];
  let command: Command = exec;
  for (; command.parent !== null; command = command.parent) path.unshift(command.name());
  // Commander keeps the command line that it was given; its types do not say so.
  const { rawArgs } = command as Command & { readonly rawArgs: readonly string[] };
  return wordsOf(exec.args, rawArgs, existingGrant, path.join(' '));
}

/**
 * Tells the command from what stands before it: whatever follows `--` is the command, and nothing else is.
 *
 * @param operands All arguments that are no options, as the parser returns them: without `--`.
 * @param raw The whole command line. A `--` in it may also be the value of an option.
 * @throws UsageError with the command line that was probably meant.
 */
export function wordsOf(
  operands: readonly string[],
  raw: readonly string[],
  existingGrant: boolean,
  name = 'exec',
): Words {
  const command = raw
    .flatMap((word, at) => (word === '--' ? [raw.slice(at + 1)] : []))
    .find((rest) => rest.every((word, at) => operands.at(at - rest.length) === word));
  const before = operands.slice(0, operands.length - (command?.length ?? 0));
  const most = existingGrant ? 0 : 1;
  if (command === undefined) {
    throw withoutDashes([name, ...before.slice(0, most)], before.slice(most));
  }
  const [extra] = before.slice(most);
  if (extra !== undefined) {
    const why = existingGrant ? 'With --grant there is no entitlement' : 'There is one entitlement';
    throw new UsageError(`${why}, and "${extra}" stands before --.`, EXAMPLE);
  }
  const [program, ...args] = command;
  if (program === undefined) throw new UsageError('No command given after --.', EXAMPLE);
  if (program === '') throw new UsageError('The command after -- is empty.', EXAMPLE);
  return { entitlement: before[0], command: [program, ...args] };
}

function withoutDashes(start: readonly string[], command: readonly string[]): UsageError {
  if (command.length === 0) return new UsageError('No command given after --.', EXAMPLE);
  const meant = [...start, '…', '--', ...command].join(' ');
  return new UsageError(
    `The command must follow --, and there is no --.`,
    `Write \`valetkey ${meant}\`.`,
  );
}

const EXAMPLE = 'For example: valetkey exec artifacts-read -p prefix=releases/1 -- aws s3 ls';

/** For an option of the command that stands before `--`, or where there is no `--`. */
export const SAYS_WHERE_OPTIONS_STAND: OutputConfiguration = {
  outputError: (text, write) =>
    write(
      text.includes('unknown option')
        ? `${text}Options of the command that valetkey runs stand after --.\n`
        : text,
    ),
};
