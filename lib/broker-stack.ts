import { Aws, CfnOutput, Stack, type StackProps, Token, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { killPermissions } from '../core/accounts/documents.ts';
import {
  killRoleArn,
  killRoleName,
  ledgerRoleName,
  TARGET_PATH,
  vendRoleArn,
  vendRoleName,
} from '../core/accounts/names.ts';
import { rolesOfBundle } from '../core/accounts/roles.ts';
import type { Bundle, BundleFiles } from '../core/bundle/bundle.ts';
import { bundleSource } from '../core/bundle/bundle-source.ts';
import type { Config, LambdaName } from '../core/config/config-file.ts';
import { targetRoleArn } from '../core/entitlement.ts';
import { parseRoleArn } from '../core/role-arn.ts';
import { Alarms, type AlarmsProps } from './alarms.ts';
import { Backups } from './backups.ts';
import { BrokerApi } from './broker-api.ts';
import type { BrokerState } from './broker-state.ts';
import { BundledFunction } from './bundled-function.ts';
import { CHAT_TIMEOUT_SECONDS, Chat, readsParameters } from './chat.ts';
import { Dashboard } from './dashboard.ts';
import { Delivery } from './delivery.ts';
import { EventOutlet } from './event-outlet.ts';
import { GrantTable } from './grant-table.ts';
import { GrantWorkflow } from './grant-workflow.ts';
import { KeyWatch } from './key-watch.ts';
import { acknowledgeTagged } from './kill-role.ts';
import { lambdaCode, type Needs } from './lambda-code.ts';
import { LEDGER_TIMEOUT_SECONDS, Ledger } from './ledger.ts';
import { OBSERVE_TIMEOUT_SECONDS, Observer } from './observer.ts';
import { allowRecovery, RECOVER_MEMORY_MB, RECOVER_TIMEOUT_SECONDS } from './recovery.ts';
import { RestoreTests } from './restore-tests.ts';
import { standBy } from './stand-by.ts';
import { Sweep } from './sweep.ts';
import { tracingOf } from './tracing.ts';
import { USAGE_MEMORY_MB, USAGE_TIMEOUT_SECONDS, Usage } from './usage.ts';

export type BrokerStackProps = StackProps & {
  /** The compiled policy bundle, which is packed into the Lambdas. */
  readonly bundle: Bundle;
  /** The files that it was compiled from, which the ledger keeps. */
  readonly files: BundleFiles;
  /** The deployment settings of `valetkey.yaml`. */
  readonly config: Config;
  /** What survives this stack, and so is not in it. */
  readonly state: BrokerState;
  /**
   * For the local stack only: a JSON object that maps issuer ids to the URLs used instead of the
   * issuers' own. Default: every issuer is reached at its own URL.
   */
  readonly issuerUrls?: string;
  /** Whether the broker is in quarantine for as long as it is deployed like this. Default: no. */
  readonly recovery?: boolean;
};

/** What may be made anew: API, workflow, and one Lambda per privilege. */
export class BrokerStack extends Stack {
  /** The role that target roles trust. */
  readonly vendRoleArn: string;

  constructor(scope: Construct, id: string, props: BrokerStackProps) {
    super(scope, id, props);
    const { bundle, config, state } = props;
    const { stackName } = this;
    const table = new GrantTable(this, 'Grants', state.table);
    const environment = {
      TABLE_NAME: table.table.tableName,
      ...(props.issuerUrls !== undefined && { ISSUER_URLS: props.issuerUrls }),
      ...((props.recovery === true || config.standby) && { QUARANTINE: 'recovery' }),
    };
    const build = (name: LambdaName, needs: Needs, description: string): BundledFunction =>
      new BundledFunction(this, name, {
        code: lambdaCode(name, needs, bundle, filesFor(name, props)),
        description: `Valet Key: ${description}`,
        environment,
        keeping: config,
        reservedConcurrency: config.reservedConcurrency[name],
        timeoutSeconds: TIMEOUT_SECONDS[name] ?? 20,
        ...(name === 'recover' && { memorySize: RECOVER_MEMORY_MB }),
        ...(name === 'usage' && { memorySize: USAGE_MEMORY_MB }),
        tracing: tracingOf(config.tracing, name),
        ...(name === 'vend' && { roleName: vendRoleName(stackName) }),
        ...(name === 'kill' && { roleName: killRoleName(stackName) }),
        ...(name === 'ledger' && { roleName: ledgerRoleName(stackName) }),
      });

    const open = build('open', 'bundle', 'serves the public endpoints');
    const read = build('read', 'bundle and engine', 'answers calls that change nothing');
    const request = build('request', 'bundle and engine', 'requests grants and records votes');
    const revoke = build('revoke', 'bundle and engine', 'ends grants and suspends principals');
    const vend = build('vend', 'bundle and engine', 'vends credentials');
    const advance = build('advance', 'nothing', 'performs what is due on a grant');
    const kill = build('kill', 'nothing', 'writes the kill switch');
    const orchestrate = build(
      'orchestrate',
      'nothing',
      'starts and wakes the workflow of each grant',
    );
    const sweep = build('sweep', 'bundle and engine', 'ends grants that their workflow left open');
    const publish = build('publish', 'nothing', 'publishes events and mails');
    const ledger = build('ledger', 'bundle', 'brings events into the log and signs it');
    const observe = build('observe', 'nothing', 'keeps the figures');
    const reviews = build('reviews', 'bundle and engine', 'records access reviews');
    const page = build('page', 'bundle and page', 'serves the page for people');
    const audit = build('audit', 'bundle and engine', 'serves the log and its proofs');

    allow(read, table.statements(['BatchGetItem', 'GetItem', 'Query'], 'read'));
    allow(request, table.statements([...CHANGE, 'Query'], 'write', []));
    request.allow(table.countStatement('COUNT#*'));
    allow(revoke, table.statements([...CHANGE, 'Query'], 'write', ['byRequester']));
    allow(advance, table.statements(CHANGE, 'write'));
    allow(kill, table.statements([...CHANGE, 'Query', 'UpdateItem'], 'write', []));
    // Scan and byStatus, once: suspensions and grants of version 0.1 are not in today's lists.
    const once = ['Scan', 'UpdateItem'];
    const indexes = ['byDue', 'byStatus', 'byStatusShard'];
    allow(sweep, table.statements([...CHANGE, 'Query', ...once], 'write', indexes));
    allow(publish, table.statements(['GetItem'], 'write'));
    publish.allow(table.countStatement('CROWD#*'));
    allow(ledger, table.ledgerStatements());
    allow(observe, table.observerStatements());
    allow(audit, table.statements(['BatchGetItem', 'GetItem', 'Query'], 'read', ['byDue']));
    allow(reviews, table.reviewStatements());
    allow(vend, table.statements([...VEND, 'Query'], 'write', []));
    vend.allow({
      actions: ['sts:AssumeRole', 'sts:SetSourceIdentity'],
      resources: targetRoleArns(bundle),
    });
    this.allowKill(kill, rolesOfBundle(bundle, HERE));
    for (const waker of [revoke, sweep]) {
      waker.function.addEnvironment('KILL_FUNCTION', kill.function.functionName);
      waker.allow({
        actions: ['lambda:InvokeFunction'],
        resources: [kill.function.functionArn],
      });
    }

    const workflow = new GrantWorkflow(this, 'Workflow', { table, advance, kill, keeping: config });
    const notOrchestrated = workflow.orchestrate(orchestrate);
    new Sweep(this, 'Sweep', sweep);
    const outlet = new EventOutlet(this, 'Events', { table, publish, mails: config.mails });
    const log = new Ledger(this, 'Ledger', {
      ...{ bus: outlet.bus, ledger, config },
      state: state.ledger,
    });
    new KeyWatch(this, 'KeyWatch', {
      keyArns: [table.keyArn, log.keyArn, ...(state.vault ? [state.vault.keyArn] : [])],
      topic: outlet.security,
    });
    const observer = new Observer(this, 'Observer', outlet.bus, observe);
    log.allowKey(open);
    log.allowReading(audit);
    if (props.recovery === true) {
      const recover = build(
        'recover',
        'bundle and engine',
        'rebuilds the state on a restored table',
      );
      allowRecovery(recover, { table, log, workflow, kill, ledger });
      this.output('RecoverFunctionName', recover.function.functionName);
    }
    const delivery = this.delivery(build, table, outlet, config);
    const chat = this.chat(build, table, outlet, config);
    const used = this.usage(build, table, { outlet, read, config });
    const validate = this.backups(build, table, { outlet, log, config, vault: state.vault });
    const lambdas = { audit, open, page, read, request, reviews, revoke, vend };
    const { api, accessLogs } = new BrokerApi(this, 'Api', lambdas, config, chat?.slack);
    const watched = {
      publish: { lambda: publish, failures: outlet.failures },
      orchestrate: { lambda: orchestrate, failures: notOrchestrated },
      stateMachine: workflow.stateMachine,
      ...{ log, answering: lambdas },
    };
    new Alarms(this, 'Alarms', {
      observer,
      ...{ ...watched, kill, sweep, ledger, delivery, chat, used, validate, api },
      ...{ table: table.table, topic: outlet.security },
    });
    new Dashboard(this, 'Dashboard', { ...watched, accessLogs });
    if (config.standby) standBy(this);

    this.vendRoleArn = vendRoleArn({ partition: Aws.PARTITION, account: this.account }, stackName);
    const { domain } = config;
    const apiUrl = domain === undefined ? api.apiEndpoint : `https://${domain.name}`;
    for (const lambda of [publish, chat?.lambda]) {
      lambda?.function.addEnvironment('API_URL', apiUrl);
    }
    this.output('ApiUrl', apiUrl);
    this.output('ApiId', api.apiId);
    this.output('TableName', table.table.tableName);
    this.output('StateMachineArn', workflow.stateMachine.stateMachineArn);
    this.output('VendRoleArn', this.vendRoleArn);
    this.output('KillFunctionName', kill.function.functionName);
    this.output('KillFunctionArn', kill.function.functionArn);
    this.output('PublishFunctionName', publish.function.functionName);
    this.output('SweepFunctionName', sweep.function.functionName);
    this.output('EventBusName', outlet.bus.eventBusName);
    this.output('LedgerFunctionName', ledger.function.functionName);
    this.output('ObserveFunctionName', observe.function.functionName);
    this.output('LedgerBucketName', log.bucketName);
    this.output('RequestersTopicArn', outlet.requesters.topicArn);
  }

  /** For a SIEM, where the configuration asks for it. */
  private delivery(
    build: (name: LambdaName, needs: Needs, description: string) => BundledFunction,
    table: GrantTable,
    { bus }: EventOutlet,
    config: Config,
  ): AlarmsProps['delivery'] {
    if (config.delivery === undefined) return undefined;
    const deliver = build('deliver', 'nothing', 'writes events in OCSF for a SIEM');
    allow(deliver, table.statements(['GetItem', 'Query'], 'read', []));
    const props = { bus, deliver, config, delivery: config.delivery };
    const { stream, bucketName } = new Delivery(this, 'Delivery', props);
    this.output('DeliveryBucketName', bucketName);
    return { deliver, stream };
  }

  /** What was called under grants, where the configuration says where the logs are. */
  private usage(
    build: (name: LambdaName, needs: Needs, description: string) => BundledFunction,
    table: GrantTable,
    { outlet, read, config }: UsageParts,
  ): AlarmsProps['used'] {
    if (config.usage === undefined) return undefined;
    const usage = build('usage', 'bundle', 'reads what was called under grants');
    allow(usage, table.usageStatements());
    const props = { bus: outlet.bus, usage, config: config.usage, keeping: config };
    const { accounts, keepDays } = config.usage;
    read.function.addEnvironment('USAGE_ACCOUNTS', accounts?.join(',') ?? '*');
    read.function.addEnvironment('USAGE_KEEP_DAYS', String(keepDays));
    return { usage, reader: new Usage(this, 'Usage', props) };
  }

  /** For the day on which the table is lost, where the configuration asks for it. */
  private backups(
    build: (name: LambdaName, needs: Needs, description: string) => BundledFunction,
    table: GrantTable,
    { outlet, log, config, vault }: BackupParts,
  ): BundledFunction | undefined {
    const { plan } = config.backups;
    if (plan === undefined || vault === undefined) return undefined;
    const keys = { table, vaultKeyArn: vault.keyArn };
    const { vaultArn } = new Backups(this, 'Backups', {
      ...{ ...keys, plan, vaultName: vault.name, topic: outlet.security },
    });
    if (!plan.restoreTests) return undefined;
    const validate = build('validate', 'nothing', 'checks restored backups');
    new RestoreTests(this, 'RestoreTests', { ...keys, vaultArn, validate, log });
    return validate;
  }

  /** For people in Slack and Teams, where the configuration asks for it. */
  private chat(
    build: (name: LambdaName, needs: Needs, description: string) => BundledFunction,
    table: GrantTable,
    { bus }: EventOutlet,
    config: Config,
  ): AlarmsProps['chat'] {
    if (config.chat === undefined) return undefined;
    const lambda = build('chat', 'bundle', 'tells people in Slack and Teams');
    allow(lambda, table.chatStatements());
    const queues = new Chat(this, 'Chat', { bus, chat: lambda, config: config.chat });
    this.output('ChatFailuresUrl', queues.failures.queueUrl);
    const { interactivity } = config.chat.slack ?? {};
    if (interactivity === undefined) return { lambda, queues };
    const slack = build('slack', 'nothing', 'takes buttons that are pressed in Slack');
    allow(slack, table.statements(CHANGE, 'write', []));
    slack.allow(readsParameters(this, [interactivity.signingSecret]));
    return { lambda, queues, slack };
  }

  /**
   * Lets the kill Lambda write policies of this account's roles directly, and of other accounts'
   * roles through their kill role. Neither ends with this bundle, because keys outlive it: tags say
   * which roles of this account are vendable, and any account may have a kill role that trusts the
   * kill Lambda. If the stack's account is unknown at synthesis, an account id written out in the
   * bundle may be its own: then its roles are listed, and IAM calls act on the caller's own account
   * all the same.
   */
  private allowKill(kill: BundledFunction, roles: readonly string[]): void {
    const known = !Token.isUnresolved(this.account);
    const own = roles.filter((arn) => {
      const parts = parseRoleArn(arn);
      return !known || parts === null || parts.account === this.account;
    });
    const place = { partition: Aws.PARTITION, account: this.account };
    for (const statement of killPermissions(own, { place, stackName: this.stackName })) {
      kill.role.addToPrincipalPolicy(PolicyStatement.fromJson(statement));
    }
    acknowledgeTagged(kill, place);
    kill.function.addEnvironment('KILL_ROLE', `${TARGET_PATH}${killRoleName(this.stackName)}`);
    const killRoles = killRoleArn({ ...place, account: '*' }, this.stackName);
    kill.allow({ actions: ['sts:AssumeRole'], resources: [killRoles] });
    Validations.of(kill).acknowledge({
      id: `AwsSolutions::AwsSolutions-IAM5[Resource::${killRoles.replace(Aws.PARTITION, '<AWS::Partition>')}]`,
      reason:
        'Kill roles of accounts that no entitlement names any more: their trust policies decide who may assume them.',
    });
  }

  private output(name: string, value: string): void {
    new CfnOutput(this, name, { value });
  }
}

type BackupParts = Pick<BrokerStackProps, 'config'> & {
  readonly outlet: EventOutlet;
  readonly log: Ledger;
  readonly vault: BrokerState['vault'];
};

type UsageParts = Pick<BrokerStackProps, 'config'> & {
  readonly outlet: EventOutlet;
  readonly read: BundledFunction;
};

function allow(to: BundledFunction, statements: ReturnType<GrantTable['statements']>): void {
  for (const statement of statements) to.allow(statement);
}

/** What a Lambda needs beside its code and does not fit into the 4 KB of its environment. */
function filesFor(name: LambdaName, { config, files }: BrokerStackProps) {
  if (name === 'ledger') return { 'source.json': bundleSource(files) };
  if (name === 'usage') return { 'usage.json': JSON.stringify(config.usage) };
  return name === 'chat' || name === 'slack' ? { 'chat.json': JSON.stringify(config.chat) } : {};
}

const HERE = { account: Aws.ACCOUNT_ID, region: Aws.REGION };

/** Table actions that change a grant, its events and its rows in one transaction. */
const CHANGE = ['ConditionCheckItem', 'DeleteItem', 'GetItem', 'PutItem'];
const VEND = ['ConditionCheckItem', 'GetItem', 'PutItem', 'UpdateItem'];

/** Time-outs of the Lambdas that do more than answer one call. */
const TIMEOUT_SECONDS: Readonly<Record<string, number>> = {
  kill: 55,
  ledger: LEDGER_TIMEOUT_SECONDS,
  observe: OBSERVE_TIMEOUT_SECONDS,
  chat: CHAT_TIMEOUT_SECONDS,
  sweep: 110,
  recover: RECOVER_TIMEOUT_SECONDS,
  deliver: 120,
  usage: USAGE_TIMEOUT_SECONDS,
  // The longest that there is: it reads a whole table.
  validate: 900,
};

/** The target roles that the bundle's entitlements name, and no others. */
function targetRoleArns(bundle: Bundle): string[] {
  const arns = Object.values(bundle.entitlements).map((entitlement) =>
    targetRoleArn(entitlement, HERE),
  );
  return [...new Set(arns)].sort();
}
