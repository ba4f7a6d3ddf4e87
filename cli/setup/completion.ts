import type { Command } from 'commander';

/** Completion for bash, zsh and fish: the scripts call `valetkey __complete` for the candidates. */

export const COMPLETION_SHELLS = ['bash', 'zsh', 'fish'] as const;
export type CompletionShell = (typeof COMPLETION_SHELLS)[number];

const SCRIPTS: Readonly<Record<CompletionShell, string>> = {
  bash: `_valetkey() {
  local IFS=$'\\n'
  COMPREPLY=($(compgen -W "$(valetkey __complete "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _valetkey valetkey`,
  zsh: `#compdef valetkey
_valetkey() {
  local -a answers
  answers=("\${(@f)$(valetkey __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  compadd -a answers
}
compdef _valetkey valetkey`,
  fish: `complete -c valetkey -f -a '(valetkey __complete (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)'`,
};

export function completionScript(shell: CompletionShell): string {
  return SCRIPTS[shell];
}

/** The possible completions of the last word. */
export function candidates(program: Command, words: readonly string[]): readonly string[] {
  const before = words.slice(0, -1);
  const typed = words.at(-1) ?? '';
  let command = program;
  for (const word of before) {
    if (word === '--') return [];
    const next = command.commands.find(
      (subcommand) => subcommand.name() === word || subcommand.aliases().includes(word),
    );
    command = next ?? command;
  }
  const names = command.commands
    .map((subcommand) => subcommand.name())
    .filter((name) => !name.startsWith('__'));
  const options = command.options.flatMap(({ long }) => (long ? [long] : []));
  const offered = typed.startsWith('-') ? [...options, '--help'] : names;
  return offered.filter((candidate) => candidate.startsWith(typed));
}
