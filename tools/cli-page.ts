import type { Command } from 'commander';
import { EXIT, EXIT_MEANINGS } from '../cli/failure.ts';
import { valetkey } from '../cli/program.ts';
import { terminal } from '../cli/terminal.ts';

/** `docs/reference/cli.md`: the help of every command, as the command itself prints it. */
export function cliPage(): string {
  const silent = terminal({ write: () => true }, {});
  const codes = Object.entries(EXIT).map(
    ([name, code]) => `| ${code} | ${EXIT_MEANINGS[name as keyof typeof EXIT]} |`,
  );
  return `# The command line

Made by \`npm run reference\` from \`cli/\`. Answers go to stdout, everything else to stderr. Nothing is asked where there is no terminal, or where \`CI\` is set.

## Exit codes

| code | means |
|---|---|
${codes.join('\n')}

\`exec\` and \`shell\` end with the exit code of what they ran, or 128 and the number of the signal that ended it.

## For programs

With \`--json\` an answer is one JSON document on stdout, and what is said beside it one document a line on stderr:

| on stderr | is |
|---|---|
| \`{ "error", "hint", "exitCode", "problem" }\` | why it ended; \`problem\` is the broker's answer, with the decision and its advice where policy said no |
| \`{ "grant" }\` | what became of a grant while \`exec\`, \`shell\` and \`ci\` wait for it, get its keys and release it; never its keys |
| \`{ "note" }\` | a remark for people |
| \`{ "passedOver" }\`, \`{ "notReleased", "error", "expiresAt" }\` | a file whose static keys the command does not see; a grant that could not be released, and when it ends by itself |

## Environment

| variable | means |
|---|---|
| \`VALETKEY_BROKER\` | the broker, by its name or URL |
| \`VALETKEY_TOKEN\` | the token to use, instead of signing in |
| \`VALETKEY_HOME\` | the folder of settings, tokens and cache (default: \`valetkey\` in \`$XDG_CONFIG_HOME\` or \`~/.config\`) |
| \`HTTPS_PROXY\`, \`HTTP_PROXY\`, \`NO_PROXY\` | the proxy on the way to the broker and the identity provider |
| \`NO_COLOR\` | no colours (they are on terminals only anyway) |

## Commands
${leaves(valetkey(silent, silent)).map(section).join('')}`;
}

function leaves(command: Command): readonly Command[] {
  const shown = command.commands.filter((it) => !it.name().startsWith('__'));
  return shown.flatMap((it) => (it.commands.length === 0 ? [it] : leaves(it)));
}

function section(command: Command): string {
  let help = '';
  command.configureOutput({
    writeOut: (text) => {
      help += text;
    },
    getOutHelpWidth: () => 100,
    getOutHasColors: () => false,
  });
  command.outputHelp();
  return `\n### ${fullName(command)}\n\n\`\`\`\n${help.trim()}\n\`\`\`\n`;
}

function fullName(command: Command): string {
  return command.parent === null ? command.name() : `${fullName(command.parent)} ${command.name()}`;
}
