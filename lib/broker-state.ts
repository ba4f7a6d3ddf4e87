import { Fn } from 'aws-cdk-lib';
import type { Config } from '../core/config/config-file.ts';
import type { StateLedger, StateTable, StateVault } from '../core/config/state-schema.ts';

/** What survives the broker, as the broker's stack uses it: of the state's stack, or named in the configuration. */
export type BrokerState = {
  readonly table: StateTable;
  readonly ledger: StateLedger;
  /** Where the configuration has a plan of backups. */
  readonly vault?: StateVault;
};

/** The outputs of the state's stack that the broker's stack reads. */
export const STATE_OUTPUTS = {
  tableName: 'TableName',
  streamArn: 'TableStreamArn',
  tableKeyArn: 'TableKeyArn',
  bucket: 'LedgerBucketName',
  ledgerKeyArn: 'LedgerKeyArn',
  vault: 'BackupVaultName',
  backupKeyArn: 'BackupKeyArn',
} as const;

export function stateStackName({ stackName }: Config): string {
  return `${stackName}-state`;
}

/**
 * Reads outputs without exporting them: CloudFormation would refuse to let the state's stack drop an export in use, so
 * that no restored table could stand in for its own (CloudFormation Template Reference, "Fn::GetStackOutput").
 *
 * @param region where the state's stack is. Default: where the stack that reads is.
 */
export function stateOf(config: Config, region?: string): BrokerState {
  const output = (name: keyof typeof STATE_OUTPUTS): string =>
    Fn.getStackOutput(stateStackName(config), STATE_OUTPUTS[name], region);
  const { table, ledger, vault } = config.state;
  return {
    table: table ?? {
      name: output('tableName'),
      streamArn: output('streamArn'),
      keyArn: output('tableKeyArn'),
    },
    ledger: ledger ?? { bucket: output('bucket'), keyArn: output('ledgerKeyArn') },
    ...(config.backups.plan !== undefined && {
      vault: vault ?? { name: output('vault'), keyArn: output('backupKeyArn') },
    }),
  };
}
