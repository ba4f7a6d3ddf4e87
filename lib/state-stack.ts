import { Aspects, Aws, CfnOutput, CfnResource, Stack, type StackProps } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct, IConstruct } from 'constructs';
import {
  backupVaultName,
  killRoleName,
  ledgerRoleArn,
  ledgerRoleName,
  vendRoleName,
} from '../core/accounts/names.ts';
import type { Config } from '../core/config/config-file.ts';
import { STATE_ROLES, type StateRole } from '../core/config/state-schema.ts';
import { backupVault } from './backup-vault.ts';
import { STATE_OUTPUTS } from './broker-state.ts';
import { lambdaRole } from './bundled-function.ts';
import { CopyRole } from './copy-role.ts';
import { removalPolicy } from './keeping.ts';
import { denyRewriting, ledgerBucket } from './ledger-bucket.ts';
import { signingKey } from './signing-key.ts';
import { stateTable } from './state-table.ts';

export type StateStackProps = StackProps & {
  /** The deployment settings of `valetkey.yaml`. What its `state` names is not made. */
  readonly config: Config;
};

/** What must survive the broker: the table, the ledger, and the roles that others know by their names. */
export class StateStack extends Stack {
  constructor(scope: Construct, id: string, props: StateStackProps) {
    super(scope, id, props);
    const { config } = props;
    const { state, stackName } = config;
    const steps: IConstruct[][] = [
      STATE_ROLES.filter((role) => !state.roles.includes(role)).map((role) =>
        this.namedRole(role, config),
      ),
    ];
    const ledgerRole = ledgerRoleArn(
      { partition: Aws.PARTITION, account: this.account },
      stackName,
    );
    const copies = config.secondRegion === undefined ? undefined : new CopyRole(this, config);
    if (state.ledger === undefined) {
      const key = signingKey(this, ledgerRole, config);
      steps.push([key]);
      const bucket = ledgerBucket(this, config, copies?.replication);
      copies?.allowFrom(bucket);
      denyRewriting(bucket, ledgerRole, config);
      this.output('bucket', bucket.bucketName);
      this.output('ledgerKeyArn', key.keyArn);
    } else copies?.allowFrom(s3.Bucket.fromBucketName(this, 'LedgerFiles', state.ledger.bucket));
    if (state.table === undefined) {
      const { table, key } = stateTable(this, config);
      this.output('tableName', table.tableName);
      this.output('streamArn', table.tableStreamArn ?? '');
      this.output('tableKeyArn', key.keyArn);
    }
    const { plan } = config.backups;
    if (plan !== undefined && state.vault === undefined) {
      const { key } = backupVault(this, config, plan.lock);
      this.output('vault', backupVaultName(stackName));
      this.output('backupKeyArn', key.keyArn);
    }
    createInOrder(this, steps);
  }

  /**
   * A role that outlives the stack: a trust policy stores the role it trusts as a unique id, so no target would trust a
   * new role of the same name (IAM User Guide, "AWS JSON policy elements: Principal"). Its rights are the broker's.
   */
  private namedRole(role: StateRole, config: Config): IConstruct {
    const { id, name } = ROLES[role];
    const made = lambdaRole(this, id, name(config.stackName));
    made.applyRemovalPolicy(removalPolicy(config));
    return made;
  }

  private output(name: keyof typeof STATE_OUTPUTS, value: string): void {
    new CfnOutput(this, STATE_OUTPUTS[name], { value });
  }
}

/** Whether there is anything that the state's stack makes. */
export function makesState({ state, backups, secondRegion }: Config): boolean {
  const { table, ledger, roles } = state;
  if (backups.plan !== undefined && state.vault === undefined) return true;
  const named = table !== undefined && ledger !== undefined;
  return !named || new Set(roles).size < STATE_ROLES.length || secondRegion !== undefined;
}

const ROLES: Readonly<
  Record<StateRole, { readonly id: string; readonly name: (stackName: string) => string }>
> = {
  vend: { id: 'VendRole', name: vendRoleName },
  kill: { id: 'KillRole', name: killRoleName },
  ledger: { id: 'LedgerRole', name: ledgerRoleName },
};

/**
 * Makes each step wait for those before it, and all the rest for the last. The roles first: where an earlier version
 * made them, IAM refuses their names, and nothing is left that is kept. Then the key of the ledger: KMS has no call
 * that says whether a Region knows a kind of key, since CreateKey has no dry run.
 */
function createInOrder(stack: Stack, steps: readonly (readonly IConstruct[])[]): void {
  const resources = steps.map((step) => step.map(({ node }) => node.defaultChild as CfnResource));
  Aspects.of(stack).add({
    visit: (node) => {
      if (!CfnResource.isCfnResource(node)) return;
      const own = resources.findIndex((step) => step.includes(node));
      for (const first of resources.slice(0, own < 0 ? undefined : own).flat()) {
        node.addResourceDependency(first);
      }
    },
  });
}
