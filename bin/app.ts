import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { cedarModule, loadCedar } from '../adapters/cedar/cedar.ts';
import { cedarLanguage } from '../adapters/cedar/policy-language.ts';
import { readBundleFiles } from '../adapters/files/bundle-files.ts';
import { formatBundleErrors } from '../core/bundle/bundle.ts';
import { compileBundle } from '../core/bundle/compile.ts';
import { BrokerStack } from '../lib/broker-stack.ts';
import { SampleTargetsStack } from '../lib/sample-targets-stack.ts';

/**
 * The CDK app. Context: `policy` is the policy bundle's folder; the local stack also passes
 * `issuerUrls` (which address stands in for which issuer) and `sampleTargets`.
 */
const app = new App();
const folder: unknown =
  app.node.tryGetContext('policy') ?? process.env['VALETKEY_POLICY'] ?? 'policy';
const compiled = compileBundle(
  readBundleFiles(String(folder)),
  cedarLanguage(loadCedar(cedarModule())),
);
if (!compiled.ok) {
  console.error(formatBundleErrors(compiled.error));
  process.exit(1);
}
const bundle = compiled.value;
const issuerUrls: unknown = app.node.tryGetContext('issuerUrls');

const broker = new BrokerStack(app, 'ValetKey', {
  bundle,
  ...(typeof issuerUrls === 'string' && { issuerUrls }),
});
if (app.node.tryGetContext('sampleTargets') === 'true') {
  const targets = new SampleTargetsStack(app, 'ValetKeySampleTargets', {
    bundle,
    vendRoleArn: broker.vendRoleArn,
    account: process.env['CDK_DEFAULT_ACCOUNT'] ?? '',
  });
  targets.addStackDependency(broker);
}
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
