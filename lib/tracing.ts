import { Validations } from 'aws-cdk-lib';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { Config, LambdaName } from '../core/config/config-file.ts';

/** What one Lambda has of `tracing` in the configuration. */
export type Tracing = {
  /** X-Ray records its invocations. */
  readonly active: boolean;
  /** The layer of OpenTelemetry, by its ARN. */
  readonly layer: string | null;
};

/** A layer samples what X-Ray or the caller samples, so its Lambdas are traced in any case. */
export function tracingOf({ active, layer }: Config['tracing'], name: LambdaName): Tracing {
  const arn = layer?.lambdas.includes(name) ? layer.arn : null;
  return { active: active || arn !== null, layer: arn };
}

/**
 * What the layers `AWSOpenTelemetryDistroJs` and their like read. The last propagator that finds a parent wins: that of
 * the caller, as in log lines and events. Baggage of callers goes no further. Without Application Signals, which is on
 * by default, spans go to the daemon of X-Ray alone, and the role needs no other permission.
 *
 * @see https://github.com/aws-observability/aws-otel-js-instrumentation `lambda-layer/packages/layer/scripts/otel-instrument`
 */
export const LAYER_ENVIRONMENT = {
  AWS_LAMBDA_EXEC_WRAPPER: '/opt/otel-instrument',
  OTEL_PROPAGATORS: 'xray,tracecontext',
  OTEL_AWS_APPLICATION_SIGNALS_ENABLED: 'false',
};

/** The properties of a function with this role that is traced like this. CDK lets the role send traces, too. */
export function tracingProps(
  scope: Construct,
  role: IRole,
  { active, layer }: Tracing,
): Pick<lambda.FunctionOptions, 'tracing' | 'layers'> {
  if (!active) return {};
  Validations.of(role).acknowledge({
    id: 'AwsSolutions::AwsSolutions-IAM5[Resource::*]',
    reason: 'AWS has no resources to name for sending traces to X-Ray.',
  });
  return {
    tracing: lambda.Tracing.ACTIVE,
    ...(layer !== null && {
      layers: [lambda.LayerVersion.fromLayerVersionArn(scope, 'Layer', layer)],
    }),
  };
}
