import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { CfnDeliveryStream } from 'aws-cdk-lib/aws-kinesisfirehose';
import type { AlarmBell } from './alarm-bell.ts';
import type { BundledFunction } from './bundled-function.ts';
import { DELIVERY_LATE } from './delivery.ts';

const RUNBOOK = 'See docs/runbooks/delivery.md';

/** Where events are delivered to a SIEM. */
export type Delivered = { readonly deliver: BundledFunction; readonly stream: CfnDeliveryStream };

export function alarmsOfDelivery(bell: AlarmBell, { deliver, stream }: Delivered): void {
  const late = new cloudwatch.Metric({
    namespace: 'AWS/Firehose',
    metricName: 'DeliveryToS3.DataFreshness',
    dimensionsMap: { DeliveryStreamName: stream.ref },
    statistic: 'Maximum',
    period: Duration.minutes(5),
  });
  bell.on('DeliveryLate', late, {
    about: `Events do not reach the bucket of the SIEM. ${RUNBOOK}`,
    threshold: DELIVERY_LATE.toSeconds(),
  });
  bell.onErrors('DeliveryFails', deliver, `Events are not delivered. ${RUNBOOK}`);
  bell.onLogLine('DeliveryGaveUp', [deliver], 'event not delivered', {
    about: `The stream has records that are no event of the trail. ${RUNBOOK}`,
  });
}
