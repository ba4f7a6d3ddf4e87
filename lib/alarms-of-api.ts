import { Duration } from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { ApiLambda } from '../core/api/routes.ts';
import type { AlarmBell } from './alarm-bell.ts';
import type { BundledFunction } from './bundled-function.ts';

const DOWN = 'See docs/runbooks/broker-is-down.md';
const SLOW = 'See docs/runbooks/broker-is-slow.md';
const LEDGER = 'See docs/runbooks/ledger.md';

/** A single one may be a time-out of AWS, which the caller is told to repeat. */
const FAILURES = 5;
/** Parallel calls of one principal conflict and are tried again; so many are a loop, or a limit that is too low. */
const CONFLICTS = 500;

/** Whether calls are answered. */
export function alarmsOfApi(
  bell: AlarmBell,
  props: {
    readonly api: HttpApi;
    readonly answering: Readonly<Record<ApiLambda, BundledFunction>>;
    readonly table: ITable;
  },
): void {
  const { api, answering, table } = props;
  const period = Duration.minutes(5);
  // What its Lambdas log as an error is answered with 5xx, and so is a Lambda that does not start or end in time.
  bell.on('ApiFails', api.metricServerError({ statistic: 'Sum', period }), {
    about: `Calls of the API fail, five or more in five minutes. ${DOWN}`,
    threshold: FAILURES,
  });
  bell.onLogLine('RefusalLost', Object.values(answering), 'refusal not recorded', {
    about: `A call was refused and left no event: only the log has it. ${LEDGER}`,
  });
  const { vend, request } = answering;
  bell.onThrottles('VendThrottled', vend, `Calls for credentials wait for concurrency. ${SLOW}`);
  bell.onThrottles('RequestThrottled', request, `Requests and votes wait for concurrency. ${SLOW}`);
  const conflicts = new cloudwatch.Metric({
    namespace: 'AWS/DynamoDB',
    metricName: 'TransactionConflict',
    dimensionsMap: { TableName: table.tableName },
    statistic: 'Sum',
    period,
  });
  bell.on('TableConflicts', conflicts, {
    about: `Transactions on the table exclude each other, ${CONFLICTS} or more in five minutes. ${SLOW}`,
    threshold: CONFLICTS,
  });
}
