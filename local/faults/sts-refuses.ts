import { allowAgain, deny } from './denied.ts';
import { lambdaNamed } from './deployed.ts';
import type { Fault, Target } from './fault.ts';

const roles = ({ lambdas }: Target): readonly string[] => [lambdaNamed(lambdas, 'vend').roleName];

/** STS gives no sessions, after the grant was written. */
export const stsRefuses: Fault = {
  name: 'STS refuses',
  begin: (stack) => deny(stack, roles(stack), ['sts:AssumeRole']),
  end: (stack) => allowAgain(stack, roles(stack)),
};
