import { type Command, InvalidArgumentError, Option } from 'commander';
import { parseDuration } from '../core/duration.ts';

/** Options and helps that many commands share, so that they mean the same everywhere. */

export function withBroker(command: Command): Command {
  return command.addOption(
    new Option('--broker <name>', 'which broker, by its name or URL').env('VALETKEY_BROKER'),
  );
}

export function withJson(command: Command): Command {
  return command.addOption(new Option('--json', 'answer with one JSON document').default(false));
}

/** Of commands whose stdout is another's: what they say themselves, on stderr. */
export function withJsonNotes(command: Command): Command {
  return command.addOption(
    new Option('--json', 'notes and errors as JSON, one document a line, on stderr').default(false),
  );
}

/** What is asked for, as `request`, `exec`, `env` and the others say it. */
export function withRequest(command: Command): Command {
  return command
    .option('-p, --parameter <name=value>', 'a parameter (repeat it for more)', pair)
    .option('--for <duration>', 'how long, such as 30m', duration)
    .option('--reason <text>', 'why, for approvers and the audit trail')
    .option('--ticket <id>', 'the ticket or incident that it serves')
    .option('--action <action>', 'narrow the scope to an action (repeat it for more)', append)
    .option('--resource <arn>', 'narrow the scope to a resource (repeat it for more)', append);
}

export type RequestOptions = {
  readonly broker?: string;
  readonly parameter?: Readonly<Record<string, string>>;
  /** In seconds. */
  readonly for?: number;
  readonly reason?: string;
  readonly ticket?: string;
  readonly action?: readonly string[];
  readonly resource?: readonly string[];
};

/** The end of a command's help. */
export function examples(command: Command, ...lines: readonly string[]): Command {
  return command.addHelpText('after', `\nExamples:\n${lines.map((it) => `  $ ${it}`).join('\n')}`);
}

function append(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

/** @throws InvalidArgumentError */
export function duration(text: string): number {
  const parsed = parseDuration(text);
  if (parsed.ok) return parsed.value;
  throw new InvalidArgumentError(`Please ${parsed.error}.`);
}

function pair(text: string, before: Readonly<Record<string, string>> = {}): Record<string, string> {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('Write name=value.');
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}
