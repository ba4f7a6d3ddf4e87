import type { App, Environment } from 'aws-cdk-lib';
import type { Config } from '../core/config/config-file.ts';
import { LedgerCopyStack } from './ledger-copy-stack.ts';
import { copyStackName, standbyStackName } from './second-region-names.ts';
import { StandbyStack } from './standby-stack.ts';
import type { StateStack } from './state-stack.ts';

/** The stacks that the first Region's configuration has for the second one, if it names one. */
export function secondRegion(app: App, config: Config, env: Environment, state: StateStack): void {
  const { region, secondRegion: there } = config;
  if (there === undefined || region === undefined) return;
  const elsewhere = { ...env, region: there };
  const copy = new LedgerCopyStack(app, 'ValetKeyLedgerCopy', {
    ...{ stackName: copyStackName(config), config, env: elsewhere },
  });
  const standby = new StandbyStack(app, 'ValetKeyStandby', {
    stackName: standbyStackName(config),
    config: { ...config, region },
    env: elsewhere,
  });
  state.addStackDependency(copy);
  standby.addStackDependency(state);
}
