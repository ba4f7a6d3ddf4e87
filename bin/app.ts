import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { cedarModule, loadCedar } from '../adapters/cedar/cedar.ts';
import { cedarLanguage } from '../adapters/cedar/policy-language.ts';
import { readBundleFiles } from '../adapters/files/bundle-files.ts';
import { CONFIG_FILE, readConfig } from '../adapters/files/config-file.ts';
import { formatBundleErrors } from '../core/bundle/bundle.ts';
import { DEFAULT_CONFIG } from '../core/config/config-file.ts';
import { compileBundle } from '../core/policy/compile-bundle.ts';
import { acknowledgeRights } from '../lib/acknowledge-rights.ts';
import { BrokerStack } from '../lib/broker-stack.ts';
import { stateOf, stateStackName } from '../lib/broker-state.ts';
import { sampleRoles } from '../lib/sample-roles.ts';
import { secondRegion } from '../lib/second-region.ts';
import { makesState, StateStack } from '../lib/state-stack.ts';
import { TargetAccountStack } from '../lib/target-account-stack.ts';

/**
 * The CDK app. `valetkey.yaml` says how it is deployed; the context value `config` names another
 * such file, `policy` another folder for the policy bundle. The local stack reads no such file unless it
 * is named. `-c recovery=on` keeps the broker in quarantine. It passes `issuerUrls` (a JSON object of the URLs to use instead of the issuers' own) and
 * `sampleTargets`.
 */
const app = new App();
const context = (name: string): string | undefined => {
  const value: unknown = app.node.tryGetContext(name);
  return value === undefined ? undefined : String(value);
};
function failed(message: string): never {
  console.error(message);
  process.exit(1);
}

const local = context('sampleTargets') === 'true';
const named = context('config');
const file = named ?? CONFIG_FILE;
const read =
  local && named === undefined ? { ok: true as const, value: DEFAULT_CONFIG } : readConfig(file);
const config = read.ok ? read.value : failed(formatBundleErrors(read.error, 'configuration'));
const { stackName } = config;

const folder = context('policy') ?? process.env['VALETKEY_POLICY'] ?? config.policy;
const files = readBundleFiles(folder);
const compiled = compileBundle(files, cedarLanguage(loadCedar(cedarModule())));
const bundle = compiled.ok ? compiled.value : failed(formatBundleErrors(compiled.error));

const recovery = context('recovery') ?? 'off';
if (recovery !== 'on' && recovery !== 'off') failed(`-c recovery=${recovery}: write on or off`);

const issuerUrls = context('issuerUrls');
const env = {
  ...(config.account !== undefined && { account: config.account }),
  ...(config.region !== undefined && { region: config.region }),
};
const broker = new BrokerStack(app, 'ValetKey', {
  stackName,
  bundle,
  files,
  config,
  env,
  state: stateOf(config),
  ...(issuerUrls !== undefined && { issuerUrls }),
  recovery: recovery === 'on',
});
if (makesState(config)) {
  const state = new StateStack(app, 'ValetKeyState', {
    stackName: stateStackName(config),
    config,
    env,
  });
  broker.addStackDependency(state);
  secondRegion(app, config, env, state);
}
for (const { account, region = config.region, roles } of config.targets) {
  const targets = new TargetAccountStack(app, `ValetKeyTargets-${account}`, {
    stackName: `${stackName}-targets`,
    env: { account, ...(region !== undefined && { region }) },
    brokerAccount: config.account ?? '',
    brokerStackName: stackName,
    roles,
  });
  targets.addStackDependency(broker);
  acknowledgeRights(targets, roles);
}
if (local) {
  const brokerAccount = process.env['CDK_DEFAULT_ACCOUNT'] ?? '';
  const region = process.env['CDK_DEFAULT_REGION'] ?? '';
  for (const [account, roles] of sampleRoles(bundle, brokerAccount)) {
    const samples = new TargetAccountStack(app, `ValetKeySamples-${account}`, {
      stackName: `${stackName}-samples`,
      env: { account, region },
      brokerAccount,
      roles,
    });
    samples.addStackDependency(broker);
    acknowledgeRights(samples, roles);
  }
}
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
