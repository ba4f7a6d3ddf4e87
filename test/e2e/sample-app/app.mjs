import { App, CliCredentialsStackSynthesizer, DefaultStackSynthesizer, Stack } from 'aws-cdk-lib';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';

// Somebody's CDK app: two stacks with a parameter each. `-c way=roles` deploys through bootstrap roles.
const app = new App();
const roles = app.node.tryGetContext('way') === 'roles';
const role = (name) => `arn:aws:iam::\${AWS::AccountId}:role/valetkey/${name}`;
const synthesizer = () =>
  roles
    ? new DefaultStackSynthesizer({
        deployRoleArn: role('cdk-sample-deploy'),
        fileAssetPublishingRoleArn: role('cdk-sample-publish'),
        lookupRoleArn: role('cdk-sample-deploy'),
        imageAssetPublishingRoleArn: role('cdk-sample-publish'),
      })
    : new CliCredentialsStackSynthesizer();
for (const name of roles ? ['ShopRoles', 'PayRoles'] : ['Shop', 'Pay']) {
  const stack = new Stack(app, name, { synthesizer: synthesizer() });
  new StringParameter(stack, 'Version', {
    parameterName: `/${name}/version`,
    stringValue: app.node.tryGetContext('version') ?? '1',
  });
}
