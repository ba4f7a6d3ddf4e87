import type { ConditionBlock } from '../entitlement.ts';
import { SOURCE_IDENTITY_PATTERN } from '../session.ts';

/**
 * The policies of a target account. The constructs are made from them, and `valetkey accounts check`
 * compares with them.
 */

export type PolicyStatement = {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: { readonly AWS: readonly string[] };
  readonly Action: readonly string[];
  readonly Resource?: readonly string[];
  readonly Condition?: ConditionBlock;
};

/** Grant ids have one shape, so nothing else can pass for a grant. */
export const IDENTIFIED: ConditionBlock = {
  StringLike: { 'sts:SourceIdentity': SOURCE_IDENTITY_PATTERN },
};

/** Who may become a vendable role: these, and only with a SourceIdentity of the broker's shape. */
export function vendableTrust(trusted: readonly string[]): readonly PolicyStatement[] {
  return ['sts:AssumeRole', 'sts:SetSourceIdentity'].map((action) => ({
    Effect: 'Allow',
    Principal: { AWS: trusted },
    Action: [action],
    Condition: IDENTIFIED,
  }));
}

/**
 * A deny with no SourceIdentity to match would not fire, so sessions without one get nothing (IAM
 * User Guide, "Global condition keys", aws:SourceIdentity).
 */
export const NOTHING_WITHOUT_SOURCE_IDENTITY: PolicyStatement = {
  Sid: 'NothingWithoutSourceIdentity',
  Effect: 'Deny',
  Action: ['*'],
  Resource: ['*'],
  Condition: { Null: { 'aws:SourceIdentity': 'true' } },
};

/** What the broker may do to the policies of vendable roles, in its own account and in others. */
export const KILL_ACTIONS: readonly string[] = [
  'iam:DeleteRolePolicy',
  'iam:GetRolePolicy',
  'iam:PutRolePolicy',
];

export function killTrust(killLambdaRole: string): readonly PolicyStatement[] {
  return [{ Effect: 'Allow', Principal: { AWS: [killLambdaRole] }, Action: ['sts:AssumeRole'] }];
}

export function killPermissions(roles: readonly string[]): readonly PolicyStatement[] {
  return [{ Effect: 'Allow', Action: KILL_ACTIONS, Resource: roles }];
}

/**
 * The most that a vendable role can ever do, whatever is attached to it: everything, but nothing to
 * the roles and the policy that hold it. So a session with IAM rights cannot undo its own kill switch.
 */
export function boundaryStatements(held: readonly string[]): readonly PolicyStatement[] {
  return [
    { Sid: 'WhatTheRoleIsAllowed', Effect: 'Allow', Action: ['*'], Resource: ['*'] },
    { Sid: 'ButNotItsOwnLimits', Effect: 'Deny', Action: ['iam:*'], Resource: held },
  ];
}
