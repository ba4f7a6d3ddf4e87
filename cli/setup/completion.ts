/** Completion for bash, zsh and fish: the scripts call `valetkey __complete` for the candidates. */

export const COMPLETION_SHELLS = ['bash', 'zsh', 'fish'] as const;
export type CompletionShell = (typeof COMPLETION_SHELLS)[number];

const SCRIPTS: Readonly<Record<CompletionShell, string>> = {
  // Bash splits words at = and :, and completes only what follows them. No `compgen -W`, which expands its words;
  // no `mapfile`, which the bash of macOS lacks. Without candidates it completes files.
  bash: `_valetkey() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" word glue="" prefix IFS=$' \\t\\n'
  local -a words=()
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD}"; do
    if [[ \${#words[@]} -gt 0 && ( -n $glue || $word == [=:]* ) ]]; then
      words[\${#words[@]}-1]+=$word
    else
      words+=("$word")
    fi
    [[ $word == *[=:] ]] && glue=1 || glue=""
  done
  [[ $cur == [=:] ]] && cur=""
  prefix="\${words[\${#words[@]}-1]}"
  prefix="\${prefix%"$cur"}"
  COMPREPLY=()
  while IFS= read -r word; do
    COMPREPLY+=("\${word#"$prefix"}")
    [[ $word == *= ]] && compopt -o nospace 2>/dev/null
  done < <(valetkey __complete "\${words[@]}" 2>/dev/null)
}
complete -o default -F _valetkey valetkey`,
  // Works as a line of .zshrc, with compinit or without it, and as a file of $fpath.
  zsh: `#compdef valetkey
_valetkey() {
  local -a answers open
  answers=("\${(@f)$(valetkey __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  answers=(\${answers:#})
  open=(\${(M)answers:#*=})
  answers=(\${answers:#*=})
  if (( \${#answers} + \${#open} == 0 )); then
    _files
    return
  fi
  (( \${#open} )) && compadd -S '' -a open
  (( \${#answers} )) && compadd -a answers
}
if [[ \${funcstack[1]} == _valetkey ]]; then
  _valetkey "$@"
else
  (( \${+functions[compdef]} )) || { autoload -Uz compinit && compinit -i; }
  compdef _valetkey valetkey
fi`,
  fish: `function __valetkey_complete
  set -l words (commandline -opc)
  set -l answers (valetkey __complete $words[2..] (commandline -ct) 2>/dev/null)
  if test (count $answers) -gt 0
    printf '%s\\n' $answers
  else
    __fish_complete_path (commandline -ct)
  end
end
complete -c valetkey -f -a '(__valetkey_complete)'`,
};

export function completionScript(shell: CompletionShell): string {
  return SCRIPTS[shell];
}
