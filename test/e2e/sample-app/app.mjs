import { App, CliCredentialsStackSynthesizer, DefaultStackSynthesizer, Stack } from 'aws-cdk-lib';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';

// Somebody's CDK app: two stacks with a parameter each. `-c way=roles` deploys through roles of a bootstrap.
const app = new App();
const roles = app.node.tryGetContext('way') === 'roles';
const synthesizer = () =>
  roles
    ? new DefaultStackSynthesizer({ qualifier: 'shop1' })
    : new CliCredentialsStackSynthesizer();
for (const name of roles ? ['ShopRoles', 'PayRoles'] : ['Shop', 'Pay']) {
  const stack = new Stack(app, name, { synthesizer: synthesizer() });
  new StringParameter(stack, 'Version', {
    parameterName: `/${name}/version`,
    stringValue: app.node.tryGetContext('version') ?? '1',
  });
}
