import { Validations } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import * as apigateway from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { type ApiLambda, DEFAULT_ROUTE, ENDING_ROUTES, gatewayRoutes } from '../core/api/routes.ts';
import type { Config } from '../core/config/config-file.ts';
import { ApiDomain } from './api-domain.ts';
import type { BundledFunction } from './bundled-function.ts';
import { logGroup } from './keeping.ts';

/** Slack signs its calls; nobody signs in. It is there only where the configuration has it. */
const SLACK_ROUTE = 'POST /v1/chat/slack';

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
    /** Takes buttons that are pressed in Slack. */
    slack?: BundledFunction,
  ) {
    super(scope, id);
    const { requestsPerSecond, domain } = config;
    this.api = new apigateway.HttpApi(this, 'Http', { createDefaultStage: false });
    Validations.of(this.api).acknowledge({
      id: 'AwsSolutions::AwsSolutions-APIG4',
      reason:
        'The middleware of every handler verifies tokens: it supports several issuers and algorithms and explains what is wrong with a token, which the gateway cannot do. A test calls every route without a token.',
    });
    const routes: apigateway.HttpRoute[] = [];
    for (const [route, lambda] of gatewayRoutes()) {
      const [method = '', path = ''] = route.split(' ');
      const integration = new HttpLambdaIntegration(lambda, functions[lambda].function);
      if (route === DEFAULT_ROUTE) {
        const routeKey = apigateway.HttpRouteKey.DEFAULT;
        const { api: httpApi } = this;
        routes.push(
          new apigateway.HttpRoute(httpApi, 'OtherCalls', { httpApi, routeKey, integration }),
        );
      } else {
        const methods = [method as apigateway.HttpMethod];
        routes.push(...this.api.addRoutes({ path, methods, integration }));
      }
    }
    if (slack !== undefined) {
      const integration = new HttpLambdaIntegration('slack', slack.function);
      const methods = [apigateway.HttpMethod.POST];
      routes.push(
        ...this.api.addRoutes({ path: SLACK_ROUTE.split(' ')[1] ?? '', methods, integration }),
      );
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
    throttleApart(stage, routes, requestsPerSecond, slack !== undefined);
    if (domain !== undefined) new ApiDomain(this, 'Domain', stage, domain);
  }
}

/**
 * Routes with a throttle of their own. Calls that end access have all of it for themselves, and calls of no route, which
 * are nobody's work, a tenth.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-throttling.html
 */
function throttleApart(
  stage: apigateway.HttpStage,
  routes: readonly apigateway.HttpRoute[],
  requestsPerSecond: number,
  withSlack: boolean,
): void {
  const settings = (perSecond: number) => ({
    ThrottlingRateLimit: perSecond,
    ThrottlingBurstLimit: perSecond,
  });
  const resource = stage.node.defaultChild as apigateway.CfnStage;
  resource.routeSettings = {
    ...Object.fromEntries(ENDING_ROUTES.map((route) => [route, settings(requestsPerSecond)])),
    [DEFAULT_ROUTE]: settings(Math.ceil(requestsPerSecond / 10)),
    ...(withSlack && { [SLACK_ROUTE]: settings(Math.ceil(requestsPerSecond / 10)) }),
  };
  // The stage is refused while it names a route that does not exist yet.
  for (const route of routes)
    resource.addResourceDependency(route.node.defaultChild as apigateway.CfnRoute);
}
