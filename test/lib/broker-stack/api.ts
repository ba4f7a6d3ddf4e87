import { expect, test } from '@jest/globals';
import type { Template } from 'aws-cdk-lib/assertions';
import { gatewayRoutes } from '../../../core/api/routes.ts';
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
    const expected = gatewayRoutes();
    expect(new Map(routes as [string, string][])).toEqual(new Map(expected));
    expect(routes).toHaveLength(expected.size);
  });

  test('has one greedy route for all orders on principals, whose ids may hold slashes', () => {
    const routes = Object.values(resources(template(), 'AWS::ApiGatewayV2::Route'));
    const keys = routes.map(({ Properties }) => String(Properties['RouteKey']));
    expect(keys.filter((key) => key.includes('/principals/'))).toEqual([
      'POST /v1/principals/{proxy+}',
    ]);
    expect([...gatewayRoutes()].filter(([key]) => key.includes('principals'))).toEqual([
      ['GET /v1/principals', 'read'],
      ['POST /v1/principals/{proxy+}', 'revoke'],
    ]);
  });

  test('brings every other call to the Lambda that may do nothing', () => {
    const routes = Object.values(resources(template(), 'AWS::ApiGatewayV2::Route'));
    const other = routes.filter(({ Properties }) => Properties['RouteKey'] === '$default');
    expect(other.map(functionOf)).toEqual(['open']);
  });

  test('throttles the calls that end access apart, so that a flood of others holds up none', () => {
    const { Properties, DependsOn } = only(template(), 'AWS::ApiGatewayV2::Stage') as Resource & {
      readonly DependsOn: readonly string[];
    };
    const all = { ThrottlingRateLimit: 500, ThrottlingBurstLimit: 500 };
    expect(Properties['RouteSettings']).toEqual({
      'POST /v1/grants/{id}/cancel': all,
      'POST /v1/grants/{id}/revoke': all,
      'POST /v1/principals/{proxy+}': all,
      'POST /v1/quarantine': all,
      $default: { ThrottlingRateLimit: 50, ThrottlingBurstLimit: 50 },
    });
    const routes = resources(template(), 'AWS::ApiGatewayV2::Route');
    const keys = Object.values(routes).map((route) => route.Properties['RouteKey']);
    for (const route of Object.keys(Properties['RouteSettings'] ?? {})) {
      expect(keys).toContain(route);
    }
    // It names routes, so they come first.
    expect(DependsOn).toEqual(expect.arrayContaining(Object.keys(routes)));
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
