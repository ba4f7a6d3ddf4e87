import { expect, test } from '@jest/globals';
import type { Template } from 'aws-cdk-lib/assertions';
import { ROUTES } from '../../../core/api/routes.ts';
import { only, type Resource, resources } from '../../support/broker-template.ts';

export function apiTests(template: () => Template): void {
  const functionOf = ({ Properties }: Resource): string => {
    const [, id = ''] = /"Ref":"(\w+)"/.exec(JSON.stringify(Properties['Target'])) ?? [];
    const integration = resources(template(), 'AWS::ApiGatewayV2::Integration')[id];
    const uri = JSON.stringify(integration?.Properties['IntegrationUri']);
    return /^\{"Fn::GetAtt":\["(\w+)Function[0-9A-F]{8}","Arn"\]\}$/.exec(uri)?.[1] ?? uri;
  };

  test('has exactly the routes of the contract, each to the Lambda that the route names', () => {
    const routes = Object.values(resources(template(), 'AWS::ApiGatewayV2::Route')).map((route) => [
      route.Properties['RouteKey'],
      functionOf(route),
    ]);
    const expected = Object.entries(ROUTES).map(([route, { lambda }]) => [route, lambda]);
    expect(Object.fromEntries(routes)).toEqual(Object.fromEntries(expected));
    expect(routes).toHaveLength(expected.length);
  });

  test('throttles calls and logs each one without headers or bodies', () => {
    const { Properties } = only(template(), 'AWS::ApiGatewayV2::Stage');
    expect(Properties['DefaultRouteSettings']).toEqual({
      ThrottlingBurstLimit: 500,
      ThrottlingRateLimit: 500,
    });
    const { Format } = Properties['AccessLogSettings'] as { readonly Format: string };
    expect(JSON.parse(Format)).toHaveProperty('requestId');
    expect(Format).not.toMatch(/header|authoriz|body/i);
  });
}
