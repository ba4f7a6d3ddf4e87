import type { ConditionBlock } from '../entitlement.ts';
import { SOURCE_IDENTITY_PATTERN } from '../session.ts';
import { anyRoleArn, type Place, vendableTag } from './names.ts';

/**
 * A statement of the policies in a target account: constructs are made from these, and `valetkey
 * accounts check` compares accounts with them.
 */
export type PolicyStatement = {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: { readonly AWS: readonly string[] };
  readonly Action: readonly string[];
  readonly Resource?: readonly string[];
  readonly Condition?: ConditionBlock;
};

/** Matches the SourceIdentity of grants only, because grant ids have a fixed shape. */
export const IDENTIFIED: ConditionBlock = {
  StringLike: { 'sts:SourceIdentity': SOURCE_IDENTITY_PATTERN },
};

/** Lets principals assume a vendable role, but only with a SourceIdentity of the broker's shape. */
export function vendableTrust(trusted: readonly string[]): readonly PolicyStatement[] {
  return ['sts:AssumeRole', 'sts:SetSourceIdentity'].map((action) => ({
    Effect: 'Allow',
    Principal: { AWS: trusted },
    Action: [action],
    Condition: IDENTIFIED,
  }));
}

/**
 * Denies everything to sessions without a SourceIdentity, because the kill switch could not match them
 * (IAM User Guide, "Global condition keys", aws:SourceIdentity).
 */
export const NOTHING_WITHOUT_SOURCE_IDENTITY: PolicyStatement = {
  Sid: 'NothingWithoutSourceIdentity',
  Effect: 'Deny',
  Action: ['*'],
  Resource: ['*'],
  Condition: { Null: { 'aws:SourceIdentity': 'true' } },
};

/** What the broker may do to the policies of vendable roles, in every account. */
export const KILL_ACTIONS: readonly string[] = [
  'iam:DeleteRolePolicy',
  'iam:GetRolePolicy',
  'iam:PutRolePolicy',
];

/** Lets the kill Lambda assume the kill role of a target account. */
export function killTrust(killLambdaRole: string): readonly PolicyStatement[] {
  return [{ Effect: 'Allow', Principal: { AWS: [killLambdaRole] }, Action: ['sts:AssumeRole'] }];
}

/**
 * Lets the broker write the kill switch of one account: on the roles that are named, and on every role with
 * the broker's tag, also after its entitlement was removed. IAM evaluates the tags of the role that is to
 * be changed (Service Authorization Reference, "Actions, resources, and condition keys for IAM").
 */
export function killPermissions(
  roles: readonly string[],
  { place, stackName }: { readonly place: Place; readonly stackName: string },
): readonly PolicyStatement[] {
  const { key, value } = vendableTag(stackName);
  const named: PolicyStatement = { Effect: 'Allow', Action: KILL_ACTIONS, Resource: roles };
  const tagged: PolicyStatement = {
    Effect: 'Allow',
    Action: KILL_ACTIONS,
    Resource: [anyRoleArn(place)],
    Condition: { StringEquals: { [`aws:ResourceTag/${key}`]: value } },
  };
  return roles.length === 0 ? [tagged] : [named, tagged];
}

/**
 * The permissions boundary of a vendable role: everything except changes to the roles and the boundary
 * themselves, so that a session with IAM rights cannot undo its own kill switch.
 *
 * @param held ARNs of the roles and of the boundary.
 */
export function boundaryStatements(held: readonly string[]): readonly PolicyStatement[] {
  return [
    { Sid: 'WhatTheRoleIsAllowed', Effect: 'Allow', Action: ['*'], Resource: ['*'] },
    { Sid: 'ButNotItsOwnLimits', Effect: 'Deny', Action: ['iam:*'], Resource: held },
  ];
}
