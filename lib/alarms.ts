import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { ApiLambda } from '../core/api/routes.ts';
import { AlarmBell } from './alarm-bell.ts';
import { alarmsOfApi } from './alarms-of-api.ts';
import { alarmsOfBackups } from './alarms-of-backups.ts';
import { alarmsOfChat, type Chatting } from './alarms-of-chat.ts';
import { alarmsOfDelivery, type Delivered } from './alarms-of-delivery.ts';
import { alarmsOfEndings } from './alarms-of-endings.ts';
import { alarmsOfFigures } from './alarms-of-figures.ts';
import { alarmsOfLedger } from './alarms-of-ledger.ts';
import { alarmsOfObjectives } from './alarms-of-objectives.ts';
import { alarmsOfUsage, type Used } from './alarms-of-usage.ts';
import { alarmsOfWorkflow, type StreamReader } from './alarms-of-workflow.ts';
import type { BundledFunction } from './bundled-function.ts';
import type { Ledger } from './ledger.ts';
import type { Observer } from './observer.ts';

export type AlarmsProps = {
  readonly kill: BundledFunction;
  readonly sweep: BundledFunction;
  readonly publish: StreamReader;
  readonly orchestrate: StreamReader;
  readonly stateMachine: sfn.StateMachine;
  readonly ledger: BundledFunction;
  readonly log: Ledger;
  readonly observer: Observer;
  readonly table: ITable;
  readonly api: HttpApi;
  /** The Lambdas that answer its calls. */
  readonly answering: Readonly<Record<ApiLambda, BundledFunction>>;
  readonly delivery: Delivered | undefined;
  readonly chat: Chatting | undefined;
  readonly used: Used | undefined;
  /** Checks the backups, where the configuration asks for it. */
  readonly validate: BundledFunction | undefined;
  /** The topic that every alarm notifies. */
  readonly topic: sns.Topic;
};

/** The alarms that need a person. Each description names the runbook to follow. */
export class Alarms extends Construct {
  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    const bell = new AlarmBell(this, props.topic);
    const { kill, sweep, answering } = props;
    alarmsOfEndings(bell, { kill, sweep, revoke: answering.revoke });
    alarmsOfWorkflow(bell, props);
    alarmsOfApi(bell, props);
    alarmsOfObjectives(bell);
    alarmsOfLedger(bell, props.ledger, props.log);
    alarmsOfFigures(bell, props.observer);
    if (props.delivery !== undefined) alarmsOfDelivery(bell, props.delivery);
    if (props.chat !== undefined) alarmsOfChat(bell, props.chat);
    if (props.used !== undefined) alarmsOfUsage(bell, props.used);
    if (props.validate !== undefined) alarmsOfBackups(bell, props.validate);
  }
}
