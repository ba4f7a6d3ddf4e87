import { Duration } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { IDENTIFIED, NOTHING_WITHOUT_SOURCE_IDENTITY } from '../core/accounts/documents.ts';

export type VendableRoleProps = {
  readonly roleName: string;
  /** Begins and ends with a slash, as in `/valetkey/`. Default: `/`. */
  readonly path?: string;
  /**
   * The ARN of the broker's vend role, which may assume this role. Default: the broker cannot
   * assume it.
   */
  readonly vendRoleArn?: string;
  /**
   * ARNs of the vendable roles whose sessions may assume this one (`chainedRoles` of an
   * entitlement). Default: none.
   */
  readonly chainedFrom?: readonly string[];
  /** Default: `Vended by Valet Key`. */
  readonly description?: string;
  /** The most that the role can do, whatever is attached to it. Default: no boundary. */
  readonly permissionsBoundary?: iam.IManagedPolicy;
};

/**
 * A role that only the broker can hand out. It trusts the broker's vend role and the vendable roles
 * it is chained from, requires a SourceIdentity of the broker's shape, and denies everything to
 * sessions without one. Add its rights as to any role: a session gets at most those, narrowed by
 * its session policy.
 */
export class VendableRole extends Construct {
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
