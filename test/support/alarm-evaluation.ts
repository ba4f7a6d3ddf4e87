import type { Template } from 'aws-cdk-lib/assertions';
import { type Resource, resources } from './broker-template.ts';
import { emittedMetrics } from './emitted-metrics.ts';

/**
 * The alarms of a template, evaluated as CloudWatch does: metric filters on the lines of a Lambda's log, metrics in
 * those lines, and values that AWS itself would report.
 */

export type LogLine = Readonly<Record<string, unknown>>;

/** What there is to see: lines of Lambdas by name, and values of AWS's own metrics, `Namespace/Name of what`. */
export type Seen = {
  readonly lines?: Readonly<Record<string, readonly LogLine[]>>;
  readonly aws?: Readonly<Record<string, number>>;
};

type Properties = Readonly<Record<string, unknown>>;

/** `KillSwitch` of `AlarmsKillSwitch333B4831`. */
const nameOf = (logicalId: string): string => logicalId.replace(/^Alarms(.*)[0-9A-F]{8}$/, '$1');

const all = (template: Template, type: string): ReadonlyMap<string, Resource> =>
  new Map(Object.entries(resources(template, `AWS::CloudWatch::${type}`)));

/** Those that notify somebody, by name. */
export function alarmsOf(template: Template): ReadonlyMap<string, Properties> {
  const alarms = [...all(template, 'Alarm'), ...all(template, 'CompositeAlarm')];
  return new Map(
    alarms
      .filter(([, { Properties }]) => Properties['AlarmActions'] !== undefined)
      .map(([id, { Properties }]) => [nameOf(id), Properties]),
  );
}

/** The names of the alarms that ring. */
export function ringing(template: Template, seen: Seen): readonly string[] {
  const rings = new Set(
    [...all(template, 'Alarm')]
      .filter(([, { Properties }]) => isBreached(Properties, valuesOf(template, Properties, seen)))
      .map(([id]) => id),
  );
  for (const [id, { Properties }] of all(template, 'CompositeAlarm')) {
    const parts = Array.from(
      JSON.stringify(Properties['AlarmRule']).matchAll(/"Fn::GetAtt":\["(\w+)","Arn"\]/g),
      ([, part = '']) => part,
    );
    if (parts.length > 0 && parts.every((part) => rings.has(part))) rings.add(id);
  }
  const telling = alarmsOf(template);
  return [...rings].map(nameOf).filter((name) => telling.has(name));
}

function valuesOf(template: Template, alarm: Properties, { lines = {}, aws = {} }: Seen): number[] {
  const { Namespace, MetricName } = alarm;
  if (String(Namespace).startsWith('AWS/')) {
    const value = aws[`${Namespace}/${MetricName} of ${subjectOf(alarm)}`];
    return value === undefined ? [] : [value];
  }
  return Object.entries(lines).flatMap(([lambda, written]) => [
    ...filtered(template, alarm, lambda, written),
    ...emittedMetrics(written)
      .filter(({ metric }) => metric === MetricName)
      .map((one) => ({ ...one, dimensions: { ...one.dimensions, service: lambda } }))
      .filter(({ namespace, dimensions }) => namespace === Namespace && isOf(alarm, dimensions))
      .flatMap(({ values }) => values),
  ]);
}

/** One for each line that a filter on this Lambda's log group counts for the alarm. */
function filtered(
  template: Template,
  { Namespace, MetricName }: Properties,
  lambda: string,
  lines: readonly LogLine[],
): number[] {
  const filters = Object.values(resources(template, 'AWS::Logs::MetricFilter')).filter(
    ({ Properties: { LogGroupName, MetricTransformations } }) => {
      const [to] = MetricTransformations as readonly Properties[];
      const counts = to?.['MetricNamespace'] === Namespace && to?.['MetricName'] === MetricName;
      return counts && JSON.stringify(LogGroupName).includes(`"${lambda}Logs`);
    },
  );
  return filters.flatMap(({ Properties: { FilterPattern } }) => {
    const [, wanted] = /^\{ \$\.message = "([^"]+)" \}$/.exec(String(FilterPattern)) ?? [];
    if (wanted === undefined) throw new Error(`unknown pattern ${FilterPattern}`);
    return lines.filter(({ message }) => message === wanted).map(() => 1);
  });
}

/** The dimensions that the alarm asks for, and no others: those make another metric. */
function isOf(alarm: Properties, dimensions: Readonly<Record<string, string>>): boolean {
  const asked = (alarm['Dimensions'] ?? []) as readonly { Name: string; Value: string }[];
  const given = Object.entries(dimensions);
  return (
    asked.length === given.length && asked.every(({ Name, Value }) => dimensions[Name] === Value)
  );
}

/** The logical id of what an alarm of AWS's own metric watches, without its hash. */
function subjectOf(alarm: Properties): string {
  const [first] = alarm['Dimensions'] as readonly {
    readonly Value: Readonly<Record<string, unknown>>;
  }[];
  const { Ref, 'Fn::GetAtt': attribute, 'Fn::GetStackOutput': output } = first?.Value ?? {};
  // What survives the broker is in another stack.
  if (output !== undefined) return (output as { readonly OutputName: string }).OutputName;
  const id = String(Ref ?? (attribute as readonly string[] | undefined)?.[0]);
  return id.replace(/[0-9A-F]{8}$/, '');
}

function isBreached(alarm: Properties, values: readonly number[]): boolean {
  if (values.length === 0) return alarm['TreatMissingData'] === 'breaching';
  const threshold = Number(alarm['Threshold']);
  const value = statistic(String(alarm['Statistic'] ?? alarm['ExtendedStatistic']), values);
  return alarm['ComparisonOperator'] === 'LessThanThreshold'
    ? value < threshold
    : value >= threshold;
}

function statistic(name: string, values: readonly number[]): number {
  const sum = values.reduce((total, value) => total + value, 0);
  switch (name) {
    case 'Sum':
      return sum;
    case 'Average':
      return sum / values.length;
    case 'SampleCount':
      return values.length;
    case 'Maximum':
      return Math.max(...values);
    case 'p99':
      return values.toSorted((a, b) => a - b)[Math.ceil(values.length * 0.99) - 1] ?? 0;
    default:
      throw new Error(`unknown statistic ${name}`);
  }
}
