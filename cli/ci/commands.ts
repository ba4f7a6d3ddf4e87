import { type Command, Option } from 'commander';
import { type Grant, grant as grantSchema } from '../broker/answers.ts';
import { chosenBroker } from '../broker/brokers.ts';
import { type Broker, brokerClient, Refusal } from '../broker/client.ts';
import { credentialVariables } from '../credentials/child-environment.ts';
import { usersFiles } from '../credentials/child-files.ts';
import { commandWords, SAYS_WHERE_OPTIONS_STAND } from '../credentials/command-words.ts';
import { execWith } from '../credentials/exec.ts';
import { exportLines, SHELLS, shellOf } from '../credentials/export-lines.ts';
import { requestAndVend } from '../credentials/obtain.ts';
import { Failure, UsageError } from '../failure.ts';
import { interruptible } from '../grants/interruption.ts';
import { type RequestBody, requestBody } from '../grants/request.ts';
import {
  examples,
  type RequestOptions,
  withBroker,
  withJson,
  withJsonNotes,
  withRequest,
} from '../options.ts';
import { plain, type Terminal } from '../terminal.ts';
import { buildkiteRedacts } from './buildkite.ts';
import { githubMasks, githubVariables } from './hand-over.ts';
import { forgetGrants, rememberedGrants, rememberGrant } from './job-state.ts';
import { jobToken, tokenEnd } from './job-token.ts';
import { ciSystem, jobName } from './system.ts';

/** `valetkey ci …`: for jobs that sign in with their own OIDC token, without a stored secret. */
export function addCiCommands(program: Command, out: Terminal, err: Terminal): void {
  const ci = program
    .command('ci')
    .description('keys for jobs of GitHub Actions, GitLab, Buildkite, CircleCI and others');

  const exec = ci
    .command('exec')
    .description('run a command with keys, and end the grant when the command ends or fails')
    .argument('[entitlement]', 'entitlement id (see valetkey list)')
    .argument('[command...]', 'the command, after --')
    .configureOutput(SAYS_WHERE_OPTIONS_STAND)
    .action(async (_, __, options: Options, self: Command) => {
      const { entitlement, command } = commandWords(self, false);
      if (entitlement === undefined) throw new UsageError('No entitlement given before --.');
      const how = {
        command,
        files: usersFiles(),
        asVariables: false,
        release: true,
        quiet: false,
        record: null,
      };
      const { broker, body } = await jobRequest(entitlement, options);
      await interruptible(async (interruption) => {
        const vended = await requestAndVend(broker, body, interruption);
        process.exitCode = await execWith(broker, vended, how, interruption, err);
      });
    });
  examples(
    withJsonNotes(withJob(withRequest(exec))),
    'valetkey ci exec service-deploy -p service=shop --for 30m -- npx cdk deploy Shop',
  );

  const env = ci
    .command('env')
    .description('get keys for the later steps of the job; end them with ci release')
    .argument('<entitlement>', 'entitlement id (see valetkey list)')
    .addOption(
      new Option('--shell <name>', 'shell to print for (default: the one that runs this)').choices(
        SHELLS,
      ),
    )
    .action((entitlement, options: Options) => handOver(entitlement, options, out, err));
  examples(
    withJson(withJob(withRequest(env))),
    'valetkey ci env service-deploy -p service=shop --for 30m            # GitHub Actions',
    'eval "$(valetkey ci env service-deploy -p service=shop --for 30m)"  # all others',
  );

  const release = ci
    .command('release')
    .description('end the grants of ci env; run it in a step that always runs')
    .action((options: Options) => releaseAll(options, out, err));
  examples(withJson(withJob(release)), 'valetkey ci release');
}

type Options = RequestOptions & {
  readonly audience: string;
  readonly tokenFile?: string;
  readonly shell?: string;
  readonly json?: boolean;
};

function withJob(command: Command): Command {
  return withBroker(command)
    .option('--audience <name>', 'audience of the token, as the broker expects it', 'valetkey')
    .option('--token-file <file>', 'file with the token of the job, on other CI systems');
}

function jobBroker({ broker, audience, tokenFile }: Options): Broker {
  let token: string | null = null;

  return brokerClient(chosenBroker(broker), async (refused) => {
    const end = token === null ? null : tokenEnd(token);
    const stale = end !== null && end * 1000 - Date.now() < 30_000;
    if (token === null || refused || stale) {
      token = await jobToken({ audience, file: tokenFile }, process.env);
    }
    return token;
  });
}

async function jobRequest(
  entitlement: string,
  options: Options,
): Promise<{ readonly broker: Broker; readonly body: RequestBody }> {
  const broker = jobBroker(options);
  const { reason = jobName(process.env) } = options;
  return { broker, body: await requestBody(broker, entitlement, { ...options, reason }) };
}

async function handOver(
  entitlement: string,
  options: Options,
  out: Terminal,
  err: Terminal,
): Promise<void> {
  const system = ciSystem(process.env);
  const shell = system === 'github' || options.json ? 'sh' : shellOf(options.shell);
  const { broker, body } = await jobRequest(entitlement, options);
  const vended = await interruptible((interruption) => requestAndVend(broker, body, interruption));
  rememberGrant(vended.grant.id);
  const variables = credentialVariables(vended.credentials);
  const { AWS_CREDENTIAL_EXPIRATION: end, ...secrets } = variables;
  if (system === 'github') {
    const file = process.env['GITHUB_ENV'];
    if (!file) throw new UsageError('GITHUB_ENV is not set.', 'Run this in a step of a job.');
    process.stdout.write(githubMasks(Object.values(secrets)));
    githubVariables(file, variables);
  } else {
    if (system === 'buildkite' && !(await buildkiteRedacts(secrets))) {
      err.print(
        'valetkey: this agent cannot redact the keys in the log (needs 3.66): do not print them.',
      );
    }
    if (options.json) out.json(vended.credentials);
    else out.print(exportLines(vended.credentials, shell));
  }
  err.note(plain(`valetkey: ${vended.grant.id}: keys until ${end}`), { grant: vended.grant });
}

/** Tries every grant, even if one fails: a failed job must not keep its keys. */
async function releaseAll(options: Options, out: Terminal, err: Terminal): Promise<void> {
  const broker = jobBroker(options);
  const released: Grant[] = [];
  let failed: Failure | null = null;
  for (const id of rememberedGrants()) {
    try {
      const reason = 'the job ended';
      const grant = await broker.post(`/v1/grants/${id}/revoke`, { reason }, grantSchema);
      released.push(grant);
      if (!options.json) err.print(plain(`valetkey: ${id} is ${grant.status}`));
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      const ended = error instanceof Refusal && error.problem.status === 409;
      if (!ended) failed = error;
    }
  }
  if (options.json) out.json({ grants: released });
  if (failed !== null) throw failed;
  forgetGrants();
}
