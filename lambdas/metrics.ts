import { Metrics } from '@aws-lambda-powertools/metrics';
import { METRICS, type Measure, type MetricName } from '../core/metrics.ts';

/**
 * Metrics in the embedded metric format: lines of the log that CloudWatch reads, without any call. Namespace and
 * service come from the environment.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
const emitter = new Metrics();

let cold = true;
let began = 0;
let noted: Measure[] = [];

/** Begins an invocation: nothing of an earlier one is measured. */
export function beginMeasures(): void {
  began = performance.now();
  noted = cold ? [{ metric: 'ColdStart', value: 1 }] : [];
  cold = false;
}

/** Milliseconds since the invocation began. */
export function elapsed(): number {
  return performance.now() - began;
}

export function note(...measures: readonly Measure[]): void {
  noted.push(...measures);
}

/** Adds to the time that the invocation has spent on something. */
export function spend(metric: MetricName, milliseconds: number): void {
  const index = noted.findIndex((measure) => measure.metric === metric);
  const before = noted[index]?.value ?? 0;
  const total = { metric, value: before + milliseconds };
  if (index < 0) noted.push(total);
  else noted[index] = total;
}

/** Ends an invocation: one line for each combination of dimensions. What is not written fails no call. */
export function publishMeasures(): void {
  const lines = Map.groupBy(noted, ({ metric, of }) => `${METRICS[metric].by} ${of ?? ''}`);
  noted = [];
  for (const measures of lines.values()) {
    try {
      publish(measures);
    } catch {
      // The call goes on, and so does the next line; an alarm on a heartbeat notices that metrics are missing.
    }
  }
}

function publish(measures: readonly Measure[]): void {
  for (const { metric, value, of } of measures) {
    const { unit, by } = METRICS[metric];
    if (by !== null && of !== undefined) emitter.addDimension(by, of);
    emitter.addMetric(metric, unit, value);
  }
  emitter.publishStoredMetrics();
}
