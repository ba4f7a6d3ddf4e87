import { type Command, Option } from 'commander';
import { type Grant, grant as grantSchema } from '../broker/answers.ts';
import { chosenBroker } from '../broker/brokers.ts';
import { type Broker, brokerClient, Refusal } from '../broker/client.ts';
import { keyVariables } from '../credentials/child-environment.ts';
import { execWith } from '../credentials/exec.ts';
import { exportLines, SHELLS, shellOf } from '../credentials/export-lines.ts';
import { askAndVend } from '../credentials/obtain.ts';
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
import { buildkiteRedacts, githubMasks, githubVariables } from './hand-over.ts';
import { forgetGrants, rememberedGrants, rememberGrant } from './job-state.ts';
import { jobToken, tokenEnd } from './job-token.ts';
import { ciSystem, jobName } from './system.ts';

/** `valetkey ci …`: a job that signs in with its own OIDC token. No secret is stored anywhere. */
export function addCiCommands(program: Command, out: Terminal, err: Terminal): void {
  const ci = program
    .command('ci')
    .description('in jobs of GitHub Actions, GitLab, Buildkite, CircleCI and others');

  const exec = ci
    .command('exec')
    .description('run a command with keys that live as long as it does, whatever becomes of it')
    .argument('<entitlement>')
    .argument('<command...>', 'after --')
    .action(async (entitlement, command, options: Options) => {
      const how = { command, asVariables: false, release: true, quiet: false };
      const { broker, body } = await jobRequest(entitlement, options);
      await interruptible(async (heard) => {
        const vended = await askAndVend(broker, body, heard);
        process.exitCode = await execWith(broker, vended, how, heard, err);
      });
    });
  examples(
    withJsonNotes(withJob(withRequest(exec))),
    'valetkey ci exec service-deploy -p service=shop --for 30m -- npx cdk deploy Shop',
  );

  const env = ci
    .command('env')
    .description('keys for the later steps of the job; end them with ci release')
    .argument('<entitlement>')
    .addOption(new Option('--shell <name>', 'for which shell (default: yours)').choices(SHELLS))
    .action((entitlement, options: Options) => handOver(entitlement, options, out, err));
  examples(
    withJson(withJob(withRequest(env))),
    'valetkey ci env service-deploy -p service=shop --for 30m            # GitHub Actions',
    'eval "$(valetkey ci env service-deploy -p service=shop --for 30m)"  # all others',
  );

  const release = ci
    .command('release')
    .description('end what ci env began: in a step that always runs')
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
    .option('--audience <name>', 'whom the token is for, as the broker expects it', 'valetkey')
    .option('--token-file <file>', 'where the token lies, on other systems');
}

function jobBroker({ broker, audience, tokenFile }: Options): Broker {
  let token: string | null = null;
  const wish = { audience, file: tokenFile };
  return brokerClient(chosenBroker(broker), async (refused) => {
    const end = token === null ? null : tokenEnd(token);
    const stale = end !== null && end * 1000 - Date.now() < 30_000;
    if (token === null || refused || stale) token = await jobToken(wish, process.env);
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
  const shell = shellOf(options.shell);
  const { broker, body } = await jobRequest(entitlement, options);
  const vended = await interruptible((heard) => askAndVend(broker, body, heard));
  rememberGrant(vended.grant.id);
  const keys = keyVariables(vended.credentials);
  const { AWS_CREDENTIAL_EXPIRATION: end, ...secrets } = keys;
  const system = ciSystem(process.env);
  if (system === 'github') {
    const file = process.env['GITHUB_ENV'];
    if (!file) throw new UsageError('GITHUB_ENV is not set: is this a step of a job?');
    process.stdout.write(githubMasks(Object.values(secrets)));
    githubVariables(file, keys);
  } else {
    if (system === 'buildkite' && !(await buildkiteRedacts(secrets))) {
      err.print('valetkey: this agent redacts nothing (3.66 does): do not print the environment.');
    }
    if (options.json) out.json(vended.credentials);
    else out.print(exportLines(vended.credentials, shell));
  }
  err.tell(plain(`valetkey: ${vended.grant.id}: keys until ${end}`), { grant: vended.grant });
}

/** All of them, whatever becomes of one: a job that failed must not keep its keys. */
async function releaseAll(options: Options, out: Terminal, err: Terminal): Promise<void> {
  const broker = jobBroker(options);
  const ended: Grant[] = [];
  let failed: Failure | null = null;
  for (const id of rememberedGrants()) {
    try {
      const reason = 'the job ended';
      const grant = await broker.post(`/v1/grants/${id}/revoke`, { reason }, grantSchema);
      ended.push(grant);
      if (!options.json) err.print(plain(`valetkey: ${id} is ${grant.status}`));
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      const over = error instanceof Refusal && error.problem.status === 409;
      if (!over) failed = error;
    }
  }
  if (options.json) out.json({ grants: ended });
  if (failed !== null) throw failed;
  forgetGrants();
}
