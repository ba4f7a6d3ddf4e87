import { Duration } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { dataRemovalPolicy, type Keeping } from './keeping.ts';

/**
 * A multi-Region key, so that the log keeps its key if it moves. Only the ledger signs: administrators of the
 * account can change this policy, which CloudTrail records, but cannot sign without that.
 *
 * @param signer the ARN of the only role that signs
 */
export function signingKey(scope: Construct, signer: string, keeping: Keeping): kms.Key {
  const key = new kms.Key(scope, 'LedgerKey', {
    description: 'Signs the ledger of Valet Key',
    keySpec: kms.KeySpec.ECC_NIST_EDWARDS25519,
    keyUsage: kms.KeyUsage.SIGN_VERIFY,
    multiRegion: true,
    pendingWindow: Duration.days(30),
    removalPolicy: dataRemovalPolicy(keeping),
  });
  key.addToResourcePolicy(nobodySignsBut(signer));
  return key;
}

/**
 * The same key in another Region. The policy of a key is not copied with it (AWS KMS Developer Guide, "Multi-Region
 * keys in AWS KMS").
 *
 * @param primary the ARN of the key that {@link signingKey} made
 */
export function signingKeyReplica(
  scope: Construct,
  primary: string,
  signer: string,
  keeping: Keeping,
): kms.CfnReplicaKey {
  const account = new iam.PolicyStatement({
    principals: [new iam.AccountRootPrincipal()],
    actions: ['kms:*'],
    resources: ['*'],
  });
  const key = new kms.CfnReplicaKey(scope, 'LedgerKey', {
    description: 'Signs the ledger of Valet Key',
    primaryKeyArn: primary,
    keyPolicy: new iam.PolicyDocument({ statements: [account, nobodySignsBut(signer)] }),
    pendingWindowInDays: 30,
  });
  key.applyRemovalPolicy(dataRemovalPolicy(keeping));
  return key;
}

function nobodySignsBut(signer: string): iam.PolicyStatement {
  return new iam.PolicyStatement({
    effect: iam.Effect.DENY,
    principals: [new iam.AnyPrincipal()],
    actions: ['kms:Sign'],
    resources: ['*'],
    conditions: { ArnNotEquals: { 'aws:PrincipalArn': signer } },
  });
}
