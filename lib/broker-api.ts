import { Validations } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import * as apigateway from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { type ApiLambda, DEFAULT_ROUTE, gatewayRoutes } from '../core/api/routes.ts';
import type { Config } from '../core/config/config-file.ts';
import { ApiDomain } from './api-domain.ts';
import type { BundledFunction } from './bundled-function.ts';
import { logGroup } from './keeping.ts';

const ACCESS_LOG = {
  requestId: '$context.requestId',
  routeKey: '$context.routeKey',
  status: '$context.status',
  sourceIp: '$context.identity.sourceIp',
  responseLatency: '$context.responseLatency',
  integrationError: '$context.integrationErrorMessage',
};

/** The HTTP API: routes every call to the Lambda that `core/api/routes.ts` names. */
export class BrokerApi extends Construct {
  readonly api: apigateway.HttpApi;
  readonly accessLogs: LogGroup;

  constructor(
    scope: Construct,
    id: string,
    functions: Readonly<Record<ApiLambda, BundledFunction>>,
    config: Config,
  ) {
    super(scope, id);
    const { requestsPerSecond, domain } = config;
    this.api = new apigateway.HttpApi(this, 'Http', { createDefaultStage: false });
    Validations.of(this.api).acknowledge({
      id: 'AwsSolutions::AwsSolutions-APIG4',
      reason:
        'The middleware of every handler verifies tokens: it supports several issuers and algorithms and explains what is wrong with a token, which the gateway cannot do. A test calls every route without a token.',
    });
    for (const [route, lambda] of gatewayRoutes()) {
      const [method = '', path = ''] = route.split(' ');
      const integration = new HttpLambdaIntegration(lambda, functions[lambda].function);
      if (route === DEFAULT_ROUTE) {
        const routeKey = apigateway.HttpRouteKey.DEFAULT;
        new apigateway.HttpRoute(this.api, 'OtherCalls', {
          httpApi: this.api,
          routeKey,
          integration,
        });
      } else {
        this.api.addRoutes({ path, methods: [method as apigateway.HttpMethod], integration });
      }
    }
    this.accessLogs = logGroup(this, 'AccessLogs', config);
    const stage = this.api.addStage('Stage', {
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: requestsPerSecond, burstLimit: requestsPerSecond },
      accessLogSettings: {
        destination: new apigateway.LogGroupLogDestination(this.accessLogs),
        format: AccessLogFormat.custom(JSON.stringify(ACCESS_LOG)),
      },
    });
    if (domain !== undefined) new ApiDomain(this, 'Domain', stage, domain);
  }
}
