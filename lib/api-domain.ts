import { CfnOutput } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigatewayv2';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { ApiGatewayv2DomainProperties } from 'aws-cdk-lib/aws-route53-targets';
import { Construct } from 'constructs';
import type { Config } from '../core/config/config-file.ts';

export type DomainConfig = NonNullable<Config['domain']>;

/**
 * A custom domain name for the API. Without a hosted zone, an output names the target of its CNAME
 * record.
 */
export class ApiDomain extends Construct {
  constructor(scope: Construct, id: string, stage: apigateway.HttpStage, domain: DomainConfig) {
    super(scope, id);
    const { name, certificateArn, hostedZone } = domain;
    const certificate = acm.Certificate.fromCertificateArn(this, 'Certificate', certificateArn);
    const domainName = new apigateway.DomainName(this, 'Name', {
      domainName: name,
      certificate,
      securityPolicy: apigateway.SecurityPolicy.TLS_1_2,
    });
    new apigateway.ApiMapping(this, 'Mapping', { api: stage.api, stage, domainName });
    if (hostedZone === undefined) {
      new CfnOutput(this, 'Target', {
        value: domainName.regionalDomainName,
        description: `Target of the CNAME record to create for ${name}`,
      });
      return;
    }
    const zone = route53.HostedZone.fromHostedZoneAttributes(this, 'Zone', {
      hostedZoneId: hostedZone.id,
      zoneName: hostedZone.name,
    });
    const target = route53.RecordTarget.fromAlias(
      new ApiGatewayv2DomainProperties(
        domainName.regionalDomainName,
        domainName.regionalHostedZoneId,
      ),
    );
    new route53.ARecord(this, 'Record', { zone, recordName: name, target });
  }
}
