import { CfnOutput, type Stack } from 'aws-cdk-lib';
import type { AlarmsProps } from './alarms.ts';
import { Backups } from './backups.ts';
import { allow, CHANGE } from './broker-lambdas.ts';
import type { BrokerStackProps } from './broker-stack-props.ts';
import type { BuildLambda } from './build-lambda.ts';
import type { BundledFunction } from './bundled-function.ts';
import { Chat, readsParameters } from './chat.ts';
import { Delivery } from './delivery.ts';
import type { EventOutlet } from './event-outlet.ts';
import type { GrantTable } from './grant-table.ts';
import type { Ledger } from './ledger.ts';
import { RestoreTests } from './restore-tests.ts';
import { Usage } from './usage.ts';

/** What a broker has only where `valetkey.yaml` asks for it. */

/** What these parts stand on. */
export type Ground = Pick<BrokerStackProps, 'config' | 'state'> & {
  readonly stack: Stack;
  readonly build: BuildLambda;
  readonly table: GrantTable;
  readonly outlet: EventOutlet;
  readonly log: Ledger;
};

/** For a SIEM. */
export function deliveryOf({
  stack,
  build,
  table,
  outlet,
  config,
}: Ground): AlarmsProps['delivery'] {
  if (config.delivery === undefined) return undefined;
  const deliver = build('deliver', 'nothing', 'writes events in OCSF for a SIEM');
  allow(deliver, table.statements(['GetItem', 'Query'], 'read', []));
  const props = { bus: outlet.bus, deliver, config, delivery: config.delivery };
  const { stream, bucketName } = new Delivery(stack, 'Delivery', props);
  new CfnOutput(stack, 'DeliveryBucketName', { value: bucketName });
  return { deliver, stream };
}

/** What was called under grants: the configuration says where the logs are. */
export function usageOf({ stack, build, table, outlet, config }: Ground): AlarmsProps['used'] {
  if (config.usage === undefined) return undefined;
  const usage = build('usage', 'bundle', 'reads what was called under grants');
  allow(usage, table.usageStatements());
  const props = { bus: outlet.bus, usage, config: config.usage, keeping: config };
  return { usage, reader: new Usage(stack, 'Usage', props) };
}

/** For the day on which the table is lost. */
export function backupsOf(ground: Ground): BundledFunction | undefined {
  const { stack, build, table, outlet, config, log } = ground;
  const { plan } = config.backups;
  const { vault } = ground.state;
  if (plan === undefined || vault === undefined) return undefined;
  const keys = { table, vaultKeyArn: vault.keyArn };
  const { vaultArn } = new Backups(stack, 'Backups', {
    ...{ ...keys, plan, vaultName: vault.name, topic: outlet.security },
  });
  if (!plan.restoreTests) return undefined;
  const validate = build('validate', 'nothing', 'checks restored backups');
  new RestoreTests(stack, 'RestoreTests', { ...keys, vaultArn, validate, log });
  return validate;
}

/** For people in Slack and Teams. */
export function chatOf({ stack, build, table, outlet, config }: Ground): AlarmsProps['chat'] {
  if (config.chat === undefined) return undefined;
  const lambda = build('chat', 'bundle', 'tells people in Slack and Teams');
  allow(lambda, table.chatStatements());
  const queues = new Chat(stack, 'Chat', { bus: outlet.bus, chat: lambda, config: config.chat });
  new CfnOutput(stack, 'ChatFailuresUrl', { value: queues.failures.queueUrl });
  const { interactivity } = config.chat.slack ?? {};
  if (interactivity === undefined) return { lambda, queues };
  const slack = build('slack', 'nothing', 'takes buttons that are pressed in Slack');
  allow(slack, table.statements(CHANGE, 'write', []));
  slack.allow(readsParameters(stack, [interactivity.signingSecret]));
  return { lambda, queues, slack };
}
