/**
 * The constructs that other CDK apps import from `valetkey/constructs` (docs/target-accounts.md).
 */
export { KillRole, type KillRoleProps } from './kill-role.ts';
export {
  TargetAccountStack,
  type TargetAccountStackProps,
  type TargetRole,
} from './target-account-stack.ts';
export { VendableRole, type VendableRoleProps } from './vendable-role.ts';
