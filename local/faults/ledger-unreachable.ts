import {
  DeleteBucketPolicyCommand,
  GetBucketPolicyCommand,
  PutBucketPolicyCommand,
} from '@aws-sdk/client-s3';
import { lambdaNamed } from './deployed.ts';
import type { Fault, Target } from './fault.ts';

type Statement = { readonly Sid?: string };

const Sid = 'Fault';

const bucketOf = ({ lambdas }: Target): string =>
  lambdaNamed(lambdas, 'ledger').environment['LEDGER_BUCKET'] ?? '';

async function write(stack: Target, added: readonly object[]): Promise<void> {
  const Bucket = bucketOf(stack);
  const { s3 } = stack.root;
  const found = await s3.send(new GetBucketPolicyCommand({ Bucket }));
  const policy = JSON.parse(found.Policy ?? '{}') as { readonly Statement?: readonly Statement[] };
  const own = (policy.Statement ?? []).filter((statement) => statement.Sid !== Sid);
  const Statement = [...own, ...added];
  if (Statement.length === 0) {
    await s3.send(new DeleteBucketPolicyCommand({ Bucket }));
    return;
  }
  const Policy = JSON.stringify({ ...policy, Statement });
  await s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
}

/** Nobody reads or writes the files of the ledger. */
export const ledgerUnreachable: Fault = {
  name: 'ledger bucket unreachable',
  begin: (stack) => {
    const Resource = [`arn:*:s3:::${bucketOf(stack)}`, `arn:*:s3:::${bucketOf(stack)}/*`];
    const Action = ['s3:GetObject', 's3:PutObject', 's3:ListBucket'];
    return write(stack, [{ Sid, Effect: 'Deny', Principal: '*', Action, Resource }]);
  },
  end: (stack) => write(stack, []),
};
