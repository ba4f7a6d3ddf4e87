import { Duration } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { IDENTIFIED, NOTHING_WITHOUT_SOURCE_IDENTITY } from '../core/accounts/documents.ts';

export type VendableRoleProps = {
  readonly roleName: string;
  /** With a slash at both ends: `/valetkey/`. */
  readonly path?: string;
  /** The broker's vend role; it may assume this one. */
  readonly vendRoleArn?: string;
  /** Vendable roles whose sessions may go on to this one (`chainedRoles` of an entitlement). */
  readonly chainedFrom?: readonly string[];
  readonly description?: string;
  /** The most that it can ever do, whatever is attached to it. */
  readonly permissionsBoundary?: iam.IManagedPolicy;
};

/**
 * A role that is useless around the broker: it trusts only the broker's vend role, and the vendable
 * roles that it is chained from, only with a SourceIdentity of the broker's shape, and denies
 * everything to sessions without one. What it is
 * allowed to do is added like to any role; a session gets at most that, cut down by its session
 * policy.
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
