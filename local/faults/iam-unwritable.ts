import { allowAgain, deny } from './denied.ts';
import { lambdaNamed } from './deployed.ts';
import type { Fault, Target } from './fault.ts';

const roles = ({ lambdas }: Target): readonly string[] => [lambdaNamed(lambdas, 'kill').roleName];

/** No kill switch can be written: as if IAM’s control plane were away. */
export const iamUnwritable: Fault = {
  name: 'IAM unwritable',
  begin: (stack) => deny(stack, roles(stack), ['iam:PutRolePolicy', 'iam:DeleteRolePolicy']),
  end: (stack) => allowAgain(stack, roles(stack)),
};
