import { type Command, InvalidArgumentError, Option } from 'commander';
import { examples, withBroker } from '../options.ts';
import type { Terminal } from '../terminal.ts';

type ExportOptions = {
  readonly hash: string;
  readonly out: string;
  readonly from?: string;
  readonly broker?: string;
  readonly json: boolean;
};

type LearnOptions = {
  readonly recording?: string;
  readonly grant?: string;
  readonly session?: string;
  readonly logs: string;
  readonly from?: string;
  readonly until?: string;
  readonly out?: string;
  readonly broker?: string;
  readonly json: boolean;
};

/** What needs rooms above this one. */
type Elsewhere = {
  readonly exportPolicy: (options: ExportOptions, out: Terminal) => Promise<void>;
  readonly learn: (options: LearnOptions, out: Terminal) => Promise<void>;
};

/**
 * `valetkey policy …`: works on the files of a bundle, without a deployed broker, except `export` and
 * `learn --grant`. The policy engine is imported on use, so that the other commands start faster.
 */
export function addPolicyCommands(
  program: Command,
  out: Terminal,
  { exportPolicy, learn }: Elsewhere,
): void {
  const policy = program
    .command('policy')
    .description('write, check, test and review a policy bundle, without a deployed broker');

  const initCommand = policy
    .command('init')
    .description(
      'write a bundle for your identity provider and CI systems; without --preset, list them',
    )
    .argument('[folder]', 'new folder of the bundle', 'policy')
    .option(
      '--preset <name>',
      'name of a preset, or a file of the same format (repeatable)',
      append,
      [],
    )
    .addOption(jsonOption())
    .action(async (folder: string, options) =>
      exitWith((await import('./init.ts')).init(folder, options, out)),
    );
  examples(
    initCommand,
    'valetkey policy init',
    'valetkey policy init our-policy --preset okta --preset github',
  );

  const checkCommand = policy
    .command('check')
    .description('validate the bundle and its cases, and warn about likely mistakes')
    .option('--strict', 'treat warnings as errors')
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
    .option('--min-coverage <percent>', 'fail if the cases cover fewer policies', percent, 0)
    .addOption(bundleOption())
    .addOption(jsonOption())
    .action(async (options) => exitWith((await import('./run-cases.ts')).test(options, out)));
  examples(
    testCommand,
    'valetkey policy test --min-coverage 100',
    'valetkey policy test --junit results.xml',
  );

  const explainCommand = policy
    .command('explain')
    .description(
      'decide one request, and explain which policies applied, and why the others did not',
    )
    .addOption(
      new Option(
        '--file <file>',
        'file with a case, as in cases/*.yaml, instead of the options below',
      ).conflicts(REQUEST_OPTIONS),
    )
    .option('--case <name>', 'name of the case, if the file has several')
    .option('--principal <id>', 'requester: <issuer>:<subject>, such as people:ana')
    .option('--group <group>', 'group of the requester (repeatable)', append, [])
    .option('--claim <name=value>', "claim of the requester's token (repeatable)", append, [])
    .option('--entitlement <id>', 'requested entitlement')
    .option('-p, --parameter <name=value>', 'parameter of the entitlement (repeatable)', append, [])
    .option('--action <action>', 'narrow the scope to this action (repeatable)', append, [])
    .option('--resource <arn>', 'narrow the scope to this resource (repeatable)', append, [])
    .option('--for <duration>', 'duration, such as 30m, 1h30m, or 5400 for seconds', '15m')
    .option('--reason <text>', 'justification')
    .option('--ticket <id>', 'related ticket or incident')
    .option('--mfa', 'the requester signed in with a second factor')
    .option('--mfa-age <duration>', 'time since the sign-in with a second factor, such as 5m')
    .option('--source-ip <address>', 'source address of the call', '127.0.0.1')
    .option('--now <time>', "time of the request, such as '2026-11-23T10:00:00Z' (default: now)")
    .option('--recent-denials <number>', 'denied requests of the last 24 hours', natural, 0)
    .option('--used-before', 'the requester had a grant of this entitlement before')
    .option(
      '--signal <name=value>',
      'a signal, such as newNetwork or deniedInARow=3 (repeatable)',
      append,
      [],
    )
    .option('--account <id>', 'AWS account of the broker', '000000000000')
    .option('--region <region>', 'Region of the broker', 'eu-central-1')
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
    .description('show what changed between two bundles, and which cases have another outcome')
    .argument('<old>', 'folder of the old bundle')
    .argument('<new>', 'folder of the new bundle')
    .option('--fail-on-change', 'fail if a case has another outcome')
    .addOption(jsonOption())
    .action(async (from: string, to: string, options) =>
      exitWith((await import('./diff.ts')).diff(from, to, options, out)),
    );
  examples(diffCommand, 'valetkey policy diff ../main/policy policy');

  const replayCommand = policy
    .command('replay')
    .description('decide recorded requests again, and show which would have another outcome')
    .argument('<file>', 'JSON lines, as exported by GET /v1/decisions')
    .option('--fail-on-change', 'fail if a request would have another outcome')
    .option('--account <id>', 'AWS account of the broker', '000000000000')
    .option('--region <region>', 'Region of the broker', 'eu-central-1')
    .addOption(bundleOption())
    .addOption(jsonOption())
    .action(async (file: string, options) =>
      exitWith((await import('./replay.ts')).replayFile(file, options, out)),
    );
  examples(replayCommand, 'valetkey policy replay decisions.jsonl --fail-on-change');

  const exportCommand = policy
    .command('export')
    .description('write the files of a bundle that was deployed, out of the ledger')
    .requiredOption('--hash <hash>', 'hash of the bundle: sha256:…, as every decision records it')
    .requiredOption('--out <dir>', 'new folder for the files')
    .option('--from <place>', 'a copy of the ledger, in a folder or at a URL')
    .addOption(jsonOption())
    .action((options) => exportPolicy(options, out));
  examples(
    withBroker(exportCommand),
    'valetkey policy export --hash sha256:9f…41 --out was-deployed',
    'valetkey policy export --hash sha256:9f…41 --out was-deployed --from ./ledger',
  );

  const learnCommand = policy
    .command('learn')
    .description('write a first entitlement from what was called, for a person to review')
    .option('--recording <file>', 'a recording of valetkey exec --record')
    .option('--grant <id>', 'what was called under this grant')
    .option('--session <name>', 'what a role session of this name called')
    .requiredOption('--logs <path>', 'CloudTrail files: a file, a folder, or s3://bucket/prefix')
    .option('--from <time>', 'only calls from this time on, such as 2026-11-23T10:00:00Z')
    .option('--until <time>', 'only calls until this time')
    .option('--out <file>', 'write it to a new file instead of printing it')
    .addOption(jsonOption())
    .action((options) => learn(options, out));
  examples(
    withBroker(learnCommand),
    'valetkey policy learn --recording run.json --logs s3://acme-trail/AWSLogs/ --out learned.yaml',
    'valetkey policy learn --session anas-laptop --logs ./trail --from 2026-11-23T10:00:00Z',
  );
}

/** What a case in a file says by itself. */
const REQUEST_OPTIONS = [
  'group',
  'claim',
  'entitlement',
  'parameter',
  'action',
  'resource',
  'for',
  'reason',
  'ticket',
  'mfa',
  'mfaAge',
  'sourceIp',
  'now',
  'recentDenials',
  'usedBefore',
  'signal',
];

function bundleOption(): Option {
  return new Option(
    '--policy <dir>',
    'folder of the policy bundle (default: VALETKEY_POLICY, or policy of valetkey.yaml, or policy)',
  );
}

function jsonOption(): Option {
  return new Option('--json', 'print one JSON document').default(false);
}

/** Does not call `process.exit`, which could cut off the output. */
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
