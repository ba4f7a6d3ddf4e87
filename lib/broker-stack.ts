import { Aws, CfnOutput, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { vendRoleArn } from '../core/accounts/names.ts';
import { rolesOfBundle } from '../core/accounts/roles.ts';
import { Alarms } from './alarms.ts';
import { allowKill, letWake } from './allow-kill.ts';
import { BrokerApi } from './broker-api.ts';
import { allowBrokerLambdas, brokerLambdas, HERE } from './broker-lambdas.ts';
import type { BrokerStackProps } from './broker-stack-props.ts';
import { lambdaBuilder } from './build-lambda.ts';
import { backupsOf, chatOf, deliveryOf, usageOf } from './configured-parts.ts';
import { Dashboard } from './dashboard.ts';
import { EventOutlet } from './event-outlet.ts';
import { GrantTable } from './grant-table.ts';
import { GrantWorkflow } from './grant-workflow.ts';
import { KeyWatch } from './key-watch.ts';
import { Ledger } from './ledger.ts';
import { Observer } from './observer.ts';
import { allowRecovery } from './recovery.ts';
import { standBy } from './stand-by.ts';
import { Sweep } from './sweep.ts';

/** What may be made anew: API, workflow, and one Lambda per privilege. */
export class BrokerStack extends Stack {
  /** The role that target roles trust. */
  readonly vendRoleArn: string;

  constructor(scope: Construct, id: string, props: BrokerStackProps) {
    super(scope, id, props);
    const { bundle, config, state } = props;
    const table = new GrantTable(this, 'Grants', state.table);
    const build = lambdaBuilder(this, props, table);
    const lambdas = brokerLambdas(build);
    allowBrokerLambdas(lambdas, table, bundle);
    const { kill, advance, sweep, publish, ledger, observe, orchestrate } = lambdas;
    allowKill(kill, rolesOfBundle(bundle, HERE));
    for (const waker of [lambdas.revoke, sweep]) letWake(waker, kill);

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
    log.allowKey(lambdas.open);
    log.allowReading(lambdas.audit);
    if (props.recovery === true) {
      const description = 'rebuilds the state on a restored table';
      const recover = build('recover', 'bundle and engine', description);
      allowRecovery(recover, { table, log, workflow, kill, ledger });
      this.#output('RecoverFunctionName', recover.function.functionName);
    }
    const ground = { stack: this, build, table, outlet, log, config, state };
    const delivery = deliveryOf(ground);
    const chat = chatOf(ground);
    const used = usageOf(ground);
    const validate = backupsOf(ground);
    const { audit, open, page, read, request, reviews, revoke, vend } = lambdas;
    const answering = { audit, open, page, read, request, reviews, revoke, vend };
    const { api, accessLogs } = new BrokerApi(this, 'Api', answering, config, chat?.slack);
    const watched = {
      publish: { lambda: publish, failures: outlet.failures },
      orchestrate: { lambda: orchestrate, failures: notOrchestrated },
      stateMachine: workflow.stateMachine,
      ...{ log, answering },
    };
    new Alarms(this, 'Alarms', {
      observer,
      ...{ ...watched, kill, sweep, ledger, delivery, chat, used, validate, api },
      ...{ table: table.table, topic: outlet.security },
    });
    new Dashboard(this, 'Dashboard', { ...watched, accessLogs });
    if (config.standby) standBy(this);

    const { account, stackName } = this;
    this.vendRoleArn = vendRoleArn({ partition: Aws.PARTITION, account }, stackName);
    const { domain } = config;
    const apiUrl = domain === undefined ? api.apiEndpoint : `https://${domain.name}`;
    for (const lambda of [publish, chat?.lambda]) {
      lambda?.function.addEnvironment('API_URL', apiUrl);
    }
    this.#output('ApiUrl', apiUrl);
    this.#output('ApiId', api.apiId);
    this.#output('TableName', table.table.tableName);
    this.#output('StateMachineArn', workflow.stateMachine.stateMachineArn);
    this.#output('VendRoleArn', this.vendRoleArn);
    this.#output('KillFunctionName', kill.function.functionName);
    this.#output('KillFunctionArn', kill.function.functionArn);
    this.#output('PublishFunctionName', publish.function.functionName);
    this.#output('SweepFunctionName', sweep.function.functionName);
    this.#output('EventBusName', outlet.bus.eventBusName);
    this.#output('LedgerFunctionName', ledger.function.functionName);
    this.#output('ObserveFunctionName', observe.function.functionName);
    this.#output('LedgerBucketName', log.bucketName);
    this.#output('RequestersTopicArn', outlet.requesters.topicArn);
  }

  #output(name: string, value: string): void {
    new CfnOutput(this, name, { value });
  }
}
