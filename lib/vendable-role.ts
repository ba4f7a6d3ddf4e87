import { Duration, Tags } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { IDENTIFIED, NOTHING_WITHOUT_SOURCE_IDENTITY } from '../core/accounts/documents.ts';
import { vendableTag } from '../core/accounts/names.ts';
import { DEFAULT_STACK_NAME } from '../core/config/stack-name.ts';

/** Properties of {@link VendableRole}. Give `vendRoleArn`, `chainedFrom` or both; with neither, the constructor throws. */
export type VendableRoleProps = {
  /** The role's name: 1 to 64 characters. Entitlements name the role in `target` by its ARN. */
  readonly roleName: string;
  /**
   * The role's IAM path, with a slash at both ends, such as `/valetkey/`. It is part of the role's ARN.
   *
   * @default '/'
   */
  readonly path?: string;
  /**
   * ARN of the broker's vend role (`VendRoleArn`, an output of the broker's stack), which may then assume
   * this role. Leave it out for a role that sessions reach only through role chaining.
   *
   * @default - the broker cannot assume this role directly
   */
  readonly vendRoleArn?: string;
  /**
   * ARNs of the vendable roles whose sessions may assume this role. An entitlement that uses the chain
   * lists this role in `chainedRoles`.
   *
   * @default - no role
   */
  readonly chainedFrom?: readonly string[];
  /**
   * The name of the broker's stack. The role gets the tag `valetkey:<stack name>`, which keeps it within reach
   * of the kill switch after its last entitlement is removed.
   *
   * @default 'ValetKey'
   */
  readonly brokerStackName?: string;
  /**
   * The role's description in IAM.
   *
   * @default 'Vended by Valet Key'
   */
  readonly description?: string;
  /**
   * The permissions boundary of the role: an upper limit on what it can do, whatever policies are attached
   * to it. It should deny changes to the role itself, as the boundary of {@link TargetAccountStack} does.
   *
   * @default - no boundary
   */
  readonly permissionsBoundary?: iam.IManagedPolicy;
};

/**
 * An IAM role that can be used only through the broker. It trusts the broker's vend role and the roles in
 * `chainedFrom`, requires a SourceIdentity of the broker's shape, and denies everything to a session without
 * one. Sessions last at most one hour.
 *
 * The role starts without permissions. Grant it what its sessions may do at most; the session policy of each
 * grant narrows that further.
 *
 * @example
 * import { App, Stack } from 'aws-cdk-lib';
 * import { Bucket } from 'aws-cdk-lib/aws-s3';
 * import { VendableRole } from 'valetkey/constructs';
 *
 * const stack = new Stack(new App(), 'Artifacts');
 * const { role } = new VendableRole(stack, 'Reader', {
 *   roleName: 'artifacts',
 *   path: '/valetkey/',
 *   vendRoleArn: 'arn:aws:iam::222222222222:role/ValetKey-vend',
 * });
 * new Bucket(stack, 'Bucket').grantRead(role);
 */
export class VendableRole extends Construct {
  /** The IAM role. Add permissions to it as to any role of the CDK. */
  readonly role: iam.Role;

  constructor(scope: Construct, id: string, props: VendableRoleProps) {
    super(scope, id);
    const { vendRoleArn, chainedFrom = [], permissionsBoundary } = props;
    const trusted = [...(vendRoleArn === undefined ? [] : [vendRoleArn]), ...chainedFrom].map(
      (arn) => new iam.ArnPrincipal(arn),
    );
    this.role = new iam.Role(this, 'Role', {
      roleName: props.roleName,
      path: props.path ?? '/',
      description: props.description ?? 'Vended by Valet Key',
      maxSessionDuration: Duration.hours(1),
      assumedBy: new iam.PrincipalWithConditions(
        new iam.CompositePrincipal(...trusted),
        IDENTIFIED,
      ),
      ...(permissionsBoundary && { permissionsBoundary }),
    });
    const { key, value } = vendableTag(props.brokerStackName ?? DEFAULT_STACK_NAME);
    Tags.of(this.role).add(key, value);
    this.role.assumeRolePolicy?.addStatements(
      new iam.PolicyStatement({
        principals: trusted,
        actions: ['sts:SetSourceIdentity'],
        conditions: IDENTIFIED,
      }),
    );
    this.role.addToPolicy(iam.PolicyStatement.fromJson(NOTHING_WITHOUT_SOURCE_IDENTITY));
  }
}
