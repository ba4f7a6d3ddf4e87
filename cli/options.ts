import { type Command, InvalidArgumentError, Option } from 'commander';
import { parseTypedDuration } from '../core/duration.ts';
import { wrapCommand } from './wrap.ts';

/** Options that many commands share, so that they mean the same everywhere. */

export function withBroker(command: Command): Command {
  return command.addOption(
    new Option('--broker <name>', 'name or URL of the broker').env('VALETKEY_BROKER'),
  );
}

export function withJson(command: Command): Command {
  return command.addOption(new Option('--json', 'print one JSON document').default(false));
}

/** For commands whose stdout belongs to the program that they run. */
export function withJsonNotes(command: Command): Command {
  return command.addOption(
    new Option('--json', 'print notes and errors on stderr as JSON, one document per line').default(
      false,
    ),
  );
}

/** The options of a grant request, which `request`, `exec`, `env` and others accept. */
export function withRequest(command: Command): Command {
  return command
    .option('-p, --parameter <name=value>', 'parameter of the entitlement (repeatable)', pair)
    .option('--for <duration>', 'duration, such as 30m, 1h30m, or 5400 for seconds', duration)
    .option('--reason <text>', 'justification, for approvers and the audit trail')
    .option('--ticket <id>', 'related ticket or incident')
    .option('--action <action>', 'narrow the scope to this action (repeatable)', append)
    .option('--resource <arn>', 'narrow the scope to this resource (repeatable)', append);
}

/** For commands that wait where people have to approve. */
export function withWaiting(command: Command): Command {
  return command
    .option(
      '--timeout <duration>',
      'wait at most so long for approval; then leave the request pending, and exit with 6',
      duration,
    )
    .option('--no-wait', 'leave a request that needs approval pending, and exit with 6');
}

export type WaitingOptions = {
  readonly wait?: boolean;
  /** In seconds. */
  readonly timeout?: number;
};

export type RequestOptions = {
  readonly broker?: string;
  readonly parameter?: Readonly<Record<string, string>>;
  /** In seconds. */
  readonly for?: number;
  readonly reason?: string;
  readonly ticket?: string;
  readonly action?: readonly string[];
  readonly resource?: readonly string[];
  /** The name of the saved request that the other values come from, if they do. */
  readonly saved?: string;
};

/** Adds examples to the help of a command. */
export function examples(command: Command, ...lines: readonly string[]): Command {
  const text = lines.map((line) => wrapCommand(line, '  ', '$ ')).join('\n');
  return command.addHelpText('after', `\nExamples:\n${text}`);
}

/** For an option that may be there several times. */
export function append(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

/** @throws InvalidArgumentError */
export function duration(text: string): number {
  const parsed = parseTypedDuration(text);
  if (parsed.ok) return parsed.value;
  throw new InvalidArgumentError(`Please ${parsed.error}.`);
}

/** @throws InvalidArgumentError */
export function wholeNumber(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Please write a whole number, such as 50.');
}

function pair(text: string, before: Readonly<Record<string, string>> = {}): Record<string, string> {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('Write name=value.');
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}
