/** The metrics in the lines of a log, as CloudWatch reads them (embedded metric format). */

export type EmittedMetric = {
  readonly namespace: string;
  readonly metric: string;
  readonly unit: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly values: readonly number[];
};

type Line = Readonly<Record<string, unknown>>;
type Directive = {
  readonly Namespace: string;
  readonly Dimensions: readonly (readonly string[])[];
  readonly Metrics: readonly { readonly Name: string; readonly Unit: string }[];
};

export function emittedMetrics(lines: readonly Line[]): readonly EmittedMetric[] {
  return lines.flatMap((line) => {
    const { CloudWatchMetrics = [] } = (line['_aws'] ?? {}) as {
      readonly CloudWatchMetrics?: readonly Directive[];
    };
    return CloudWatchMetrics.flatMap((directive) => metricsOf(line, directive));
  });
}

function metricsOf(line: Line, { Namespace, Dimensions, Metrics }: Directive): EmittedMetric[] {
  return Dimensions.flatMap((names) =>
    Metrics.map(({ Name, Unit }) => ({
      namespace: Namespace,
      metric: Name,
      unit: Unit,
      dimensions: Object.fromEntries(names.map((name) => [name, String(line[name])])),
      values: [line[Name]].flat() as number[],
    })),
  );
}

/** From here on Lambdas that are imported write metrics, as the Lambda of this name. */
export function writeMetrics(service: string): void {
  Object.assign(process.env, {
    POWERTOOLS_METRICS_DISABLED: 'false',
    POWERTOOLS_METRICS_NAMESPACE: 'ValetKey',
    POWERTOOLS_SERVICE_NAME: service,
  });
}
