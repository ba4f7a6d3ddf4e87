/** The public API of `valetkey/constructs`; docs/reference/constructs.md is generated from its doc comments. */
export { KillRole, type KillRoleProps } from './kill-role.ts';
export {
  TargetAccountStack,
  type TargetAccountStackProps,
  type TargetRole,
} from './target-account-stack.ts';
export { VendableRole, type VendableRoleProps } from './vendable-role.ts';
