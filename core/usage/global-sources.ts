export const STS = 'sts.amazonaws.com';

/**
 * Their records stand in one Region, whichever the caller names: a trail of another Region alone has none of them.
 *
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-concepts.html global service events
 * @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/logging-using-cloudtrail.html
 */
export const RECORDED_IN_ONE_REGION: readonly string[] = [
  'iam.amazonaws.com',
  'cloudfront.amazonaws.com',
  'route53.amazonaws.com',
];

/**
 * They have few endpoints, so that their records stand in other Regions than those that an entitlement names. Only a
 * trail of every Region is sure to have them.
 *
 * @see https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html service endpoints
 */
export const RECORDED_SOMEWHERE: readonly string[] = [
  ...['account', 'billing', 'billingconductor', 'budgets', 'ce', 'chime', 'cur', 'freetier'],
  ...['globalaccelerator', 'health', 'importexport', 'invoicing', 'marketplacecommerceanalytics'],
  ...['networkmanager', 'organizations', 'payments', 'route53-recovery-control-config'],
  ...[
    'route53-recovery-readiness',
    'route53domains',
    'savingsplans',
    'shield',
    'signin',
    'support',
  ],
  ...['supportapp', 'tax', 'trustedadvisor', 'waf', 'wafv2', 'ecr-public', 'sso', 'sso-directory'],
].map((service) => `${service}.amazonaws.com`);

/** The Region of global services, in the partition of the Regions. */
export function globalRegion(regions: readonly string[] | null): string {
  const [first = ''] = regions ?? [];
  if (first.startsWith('cn-')) return 'cn-north-1';
  return first.startsWith('us-gov-') ? 'us-gov-west-1' : 'us-east-1';
}
