import type { Argument, Command, Option } from 'commander';

/** What can be typed at a place of the command line. */
export type Place =
  | { readonly kind: 'words'; readonly words: readonly string[]; readonly prefix: string }
  /** The value of an option or argument: what it is, and what was typed before it. */
  | {
      readonly kind: 'value';
      readonly what: string;
      readonly typed: string;
      readonly before: Typed;
      readonly prefix: string;
    };

export type Typed = {
  readonly command: Command;
  /** The values of arguments that stand before. */
  readonly positionals: readonly string[];
  /** The values of options that stand before, by their long names. */
  readonly options: Readonly<Record<string, readonly string[]>>;
};

/**
 * Where the last word stands: among commands and options, or in the place of a value.
 *
 * @returns null after `--`, where the words are another command's.
 */
export function placeOf(program: Command, words: readonly string[]): Place | null {
  const before = words.slice(0, -1);
  const typed = words.at(-1) ?? '';
  if (before.includes('--')) return null;
  const read = readWords(program, before);
  if (read.open !== null) return valuePlace(read.open, typed, read);
  const [, flag = '', value] = /^(--[\w-]+)=(.*)$/.exec(typed) ?? [];
  const option = optionOf(read.command, flag);
  if (option !== null && value !== undefined) return valuePlace(option, value, read, `${flag}=`);
  if (typed.startsWith('-')) {
    const flags = read.command.options.flatMap(({ long }) => (long ? [long] : []));
    return { kind: 'words', words: [...flags, '--help'], prefix: '' };
  }
  if (read.command.commands.length > 0) {
    return { kind: 'words', words: namesOf(read.command), prefix: '' };
  }
  const argument = read.command.registeredArguments[read.positionals.length];
  return argument === undefined ? null : valuePlace(argument, typed, read);
}

function namesOf(command: Command): readonly string[] {
  return command.commands.map((one) => one.name()).filter((name) => !name.startsWith('__'));
}

type Read = Typed & { readonly open: Option | null };

function readWords(program: Command, words: readonly string[]): Read {
  let command = program;
  let open: Option | null = null;
  const positionals: string[] = [];
  const options: Record<string, string[]> = {};
  for (const word of words) {
    const subcommand = command.commands.find(
      (one) => one.name() === word || one.aliases().includes(word),
    );
    if (open !== null) {
      const { long } = open;
      if (long) options[long] = [...(options[long] ?? []), word];
      open = null;
    } else if (word.startsWith('-')) {
      const option = optionOf(command, word.split('=')[0] ?? '');
      if (option?.long && word.includes('=')) {
        options[option.long] = [...(options[option.long] ?? []), word.slice(word.indexOf('=') + 1)];
      } else if (option !== null && (option.required || option.optional)) open = option;
    } else if (subcommand !== undefined) command = subcommand;
    else positionals.push(word);
  }
  return { command, open, positionals, options };
}

function optionOf(command: Command, flag: string): Option | null {
  return (
    command.options.find(({ short, long }) => flag !== '' && [short, long].includes(flag)) ?? null
  );
}

function valuePlace(of: Option | Argument, typed: string, before: Typed, prefix = ''): Place {
  if (of.argChoices !== undefined) return { kind: 'words', words: of.argChoices, prefix };
  const what = 'long' in of ? (of.long ?? '') : of.name();
  return { kind: 'value', what, typed, before, prefix };
}
