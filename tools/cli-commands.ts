import type { Command } from 'commander';

/** The commands that do something, without the groups that hold them. */
export function leaves(command: Command): readonly Command[] {
  const shown = command.commands.filter((subcommand) => !subcommand.name().startsWith('__'));
  return shown.flatMap((subcommand) =>
    subcommand.commands.length === 0 ? [subcommand] : leaves(subcommand),
  );
}

export function fullName(command: Command): string {
  return command.parent === null ? command.name() : `${fullName(command.parent)} ${command.name()}`;
}
