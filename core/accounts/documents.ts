import type { ConditionBlock } from '../entitlement.ts';
import { SOURCE_IDENTITY_PATTERN } from '../session.ts';
import {
  anyRoleArn,
  boundaryArn,
  brokerRolesArn,
  type Place,
  targetPathArn,
  vendableTag,
} from './names.ts';

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
 * What the boundary of an account's vendable roles keeps them from changing: themselves, the kill role and the
 * boundary, which are below one path or listed; and in the broker's own account the broker's roles, whose
 * names all begin with that of its stack.
 *
 * @param roles ARNs of the vendable roles.
 */
export function heldByBoundary(
  roles: readonly string[],
  { place, stackName, isBroker }: BoundaryOf,
): readonly string[] {
  const below = targetPathArn(place);
  const elsewhere = roles.filter((arn) => !arn.startsWith(below.slice(0, -1)));
  return [
    below,
    ...elsewhere,
    boundaryArn(place, stackName),
    ...(isBroker ? [brokerRolesArn(place, stackName)] : []),
  ];
}

export type BoundaryOf = {
  readonly place: Place;
  /** The name of the broker's stack. */
  readonly stackName: string;
  /** Whether the account is, or may be, that of the broker. */
  readonly isBroker: boolean;
};

/** Characters without white space (IAM User Guide, "IAM and AWS STS quotas"). */
export const LONGEST_MANAGED_POLICY = 6144;

/**
 * The permissions boundary of a vendable role: everything except changes to the roles and the boundary
 * themselves, so that a session with IAM rights cannot undo its own kill switch.
 *
 * @param held What {@link heldByBoundary} says.
 */
export function boundaryStatements(held: readonly string[]): readonly PolicyStatement[] {
  return [
    { Sid: 'WhatTheRoleIsAllowed', Effect: 'Allow', Action: ['*'], Resource: ['*'] },
    { Sid: 'ButNotItsOwnLimits', Effect: 'Deny', Action: ['iam:*'], Resource: held },
  ];
}
