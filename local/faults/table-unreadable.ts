import { allowAgain, deny } from './denied.ts';
import type { Fault, Target } from './fault.ts';

const roles = ({ lambdas }: Target): readonly string[] => [
  ...new Set(lambdas.map(({ roleName }) => roleName)),
];

/**
 * Nobody reads or writes the table: what its key does when it is disabled. The emulator’s DynamoDB asks for no key, so
 * the roles lose their rights on the table instead.
 */
export const tableUnreadable: Fault = {
  name: 'table unreadable',
  begin: (stack) => deny(stack, roles(stack), ['dynamodb:*']),
  end: (stack) => allowAgain(stack, roles(stack)),
};
