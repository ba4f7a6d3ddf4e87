import { type Command, InvalidArgumentError, Option } from 'commander';
import { examples } from '../options.ts';
import type { Terminal } from '../terminal.ts';

/**
 * `valetkey policy …`: works on a bundle's files, without any deployed broker. The engine and the
 * checkers are loaded when they are needed: the other commands start faster without them.
 */
export function addPolicyCommands(program: Command, out: Terminal): void {
  const policy = program
    .command('policy')
    .description('check, test and review a policy bundle; needs nothing that is deployed');

  const checkCommand = policy
    .command('check')
    .description('validate the bundle, its cases included, and warn of what is probably not meant')
    .option('--strict', 'warnings are errors')
    .addOption(bundleOption())
    .addOption(jsonOption())
    .action(async (options) => exitWith((await import('./check.ts')).check(options, out)));
  examples(
    checkCommand,
    'valetkey policy check',
    'valetkey policy check --policy ../our-policy --strict',
  );

  const testCommand = policy
    .command('test')
    .description('run the cases of the bundle')
    .option('--junit <file>', 'also write the results as JUnit XML')
    .option('--min-coverage <percent>', 'fail when cases cover fewer policies', percent, 0)
    .addOption(bundleOption())
    .addOption(jsonOption())
    .action(async (options) => exitWith((await import('./test.ts')).test(options, out)));
  examples(
    testCommand,
    'valetkey policy test --min-coverage 100',
    'valetkey policy test --junit results.xml',
  );

  const explainCommand = policy
    .command('explain')
    .description(
      'decide one request, and say why: every policy that applied, and why others did not',
    )
    .option('--file <file>', 'a case, as in cases/*.yaml, instead of the options below')
    .option('--case <name>', 'which one, where the file holds several')
    .option('--principal <id>', 'who asks: <issuer>:<subject>, such as people:ana')
    .option('--group <group>', 'a group of the principal (repeat it for more)', append, [])
    .option('--claim <name=value>', 'a claim of its token (repeat it for more)', append, [])
    .option('--entitlement <id>', 'what is asked for')
    .option('-p, --parameter <name=value>', 'a parameter (repeat it for more)', append, [])
    .option('--action <action>', 'narrow the scope to an action (repeat it for more)', append, [])
    .option('--resource <arn>', 'narrow the scope to a resource (repeat it for more)', append, [])
    .option('--for <duration>', 'how long, such as 30m', '15m')
    .option('--reason <text>', 'the justification')
    .option('--ticket <id>', 'the ticket')
    .option('--mfa', 'signed in with a second factor')
    .option('--mfa-age <duration>', 'how long ago, such as 5m')
    .option('--source-ip <address>', 'where the call comes from', '127.0.0.1')
    .option('--now <time>', "when, such as '2026-11-23T10:00:00Z' (default: now)")
    .option('--recent-denials <number>', 'denied requests of the last 24 hours', natural, 0)
    .option('--used-before', 'the principal had a grant of this entitlement before')
    .option('--account <id>', 'the account it is deployed to', '000000000000')
    .option('--region <region>', 'the Region it is deployed to', 'eu-central-1')
    .addOption(bundleOption())
    .addOption(jsonOption())
    .action(async (options) =>
      exitWith((await import('./explain.ts')).explainRequest(options, out)),
    );
  examples(
    explainCommand,
    'valetkey policy explain --principal people:ana --group platform --entitlement artifacts-read -p prefix=releases/1 --reason test',
  );

  const diffCommand = policy
    .command('diff')
    .description('what changes between two bundles, in plain words, and which cases notice')
    .argument('<old>', 'folder of the bundle before')
    .argument('<new>', 'folder of the bundle after')
    .option('--fail-on-change', 'fail when a case is answered otherwise')
    .addOption(jsonOption())
    .action(async (from: string, to: string, options) =>
      exitWith((await import('./diff.ts')).diff(from, to, options, out)),
    );
  examples(diffCommand, 'valetkey policy diff ../main/policy policy');

  const replayCommand = policy
    .command('replay')
    .description('ask a bundle again what was decided before: whose answer would have changed?')
    .argument('<file>', 'JSON lines, as GET /v1/decisions exports them')
    .option('--fail-on-change', 'fail when any answer would have changed')
    .option('--account <id>', 'the account it is deployed to', '000000000000')
    .option('--region <region>', 'the Region it is deployed to', 'eu-central-1')
    .addOption(bundleOption())
    .addOption(jsonOption())
    .action(async (file: string, options) =>
      exitWith((await import('./replay.ts')).replayFile(file, options, out)),
    );
  examples(replayCommand, 'valetkey policy replay decisions.jsonl --fail-on-change');
}

function bundleOption(): Option {
  return new Option('--policy <dir>', 'folder of the policy bundle').default('policy');
}

function jsonOption(): Option {
  return new Option('--json', 'answer with one JSON document').default(false);
}

/** Not `process.exit`: what was written must reach its reader first. */
function exitWith(code: number): void {
  process.exitCode = code;
}

function append(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

function percent(text: string): number {
  const value = Number(text.replace(/%$/, ''));
  if (text.trim() !== '' && value >= 0 && value <= 100) return value;
  throw new InvalidArgumentError('Write a number from 0 to 100.');
}

function natural(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Write a whole number.');
}
