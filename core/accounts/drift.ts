import { KILL_SWITCH_POLICY } from '../kill/deny-policy.ts';
import { parseRoleArn } from '../role-arn.ts';
import {
  boundaryStatements,
  heldByBoundary,
  killPermissions,
  killTrust,
  NOTHING_WITHOUT_SOURCE_IDENTITY,
  vendableTrust,
} from './documents.ts';
import type { Expectations, ExpectedRole } from './expectations.ts';
import { vendableTag } from './names.ts';
import { compare, type Permissions, permissionsOf } from './permissions.ts';

/** A role as IAM returns it; policy documents are parsed JSON. */
export type FoundRole = {
  readonly arn: string;
  readonly trust: unknown;
  readonly inline: Readonly<Record<string, unknown>>;
  /** ARNs of managed policies. */
  readonly attached: readonly string[];
  readonly boundary: string | null;
  readonly tags: Readonly<Record<string, string>>;
};

/** What IAM has under the expected ARNs; null for a role that does not exist. */
export type Found = {
  readonly roles: ReadonlyMap<string, FoundRole | null>;
  /** The document of the boundary that the stack makes. */
  readonly boundary: unknown;
};

export type Difference = { readonly arn: string; readonly message: string };

/** Every difference between an account and what is expected of it, in words. */
export function differences(wanted: Expectations, found: Found): readonly Difference[] {
  const roles = wanted.roles.flatMap((role) =>
    at(role.arn, roleDrift(wanted, role, found.roles.get(role.arn) ?? null)),
  );
  const { killRole } = wanted;
  const kill = killRole === null ? [] : killRoleDrift(killRole, wanted, found);
  return [...roles, ...at(killRole?.arn ?? '', kill), ...boundaryDrift(wanted, found)];
}

function roleDrift(
  { broker }: Expectations,
  wanted: ExpectedRole,
  found: FoundRole | null,
): readonly string[] {
  if (found === null) return ['does not exist; no credentials can be vended for it'];
  const misplaced = found.arn === wanted.arn ? [] : [`has another path; its ARN is ${found.arn}`];
  const inline = permissionsOf(...Object.values(found.inline));
  const denies = statements(NOTHING_WITHOUT_SOURCE_IDENTITY);
  const open = compare(denies, inline).missing.length > 0;
  const { key, value } = vendableTag(broker);
  const tagged = found.tags[key] === value;
  const limited = wanted.boundary === null || wanted.boundary === found.boundary;
  return [
    ...misplaced,
    ...documentDrift('its trust policy', statements(...vendableTrust(wanted.trusts)), found.trust),
    ...(open ? ['does not deny everything to sessions without a SourceIdentity'] : []),
    ...switchDrift(found.inline[KILL_SWITCH_POLICY]),
    ...(tagged ? [] : [`lacks the tag ${key}=${value}${WHY_TAGGED}`]),
    ...(limited ? [] : [`has ${boundaryOf(found)}; it must have ${wanted.boundary}`]),
  ];
}

const WHY_TAGGED =
  '; without it, the kill switch cannot be written once no entitlement names the role';

function boundaryOf({ boundary }: FoundRole): string {
  return boundary === null ? 'no permissions boundary' : `the permissions boundary ${boundary}`;
}

/** The kill switch changes all the time, and the sweep compares its content; here it must only deny. */
function switchDrift(document: unknown): readonly string[] {
  const allowed = [...permissionsOf(document).values()].filter(
    (permission) => !permission.startsWith('deny * on *'),
  );
  return allowed.map(
    (permission) => `its ${KILL_SWITCH_POLICY} has what the broker never writes: ${permission}`,
  );
}

function killRoleDrift(
  killRole: NonNullable<Expectations['killRole']>,
  { roles, broker }: Expectations,
  found: Found,
): readonly string[] {
  const role = found.roles.get(killRole.arn) ?? null;
  if (role === null) return ['does not exist; grants in this account cannot be revoked'];
  const misplaced = role.arn === killRole.arn ? [] : [`has another path; its ARN is ${role.arn}`];
  const arns = roles.map(({ arn }) => arn);
  const place = parseRoleArn(killRole.arn) ?? { partition: '', account: '' };
  const may = statements(...killPermissions(arns, { place, stackName: broker }));
  return [
    ...misplaced,
    ...documentDrift('its trust policy', statements(...killTrust(killRole.trusts)), role.trust),
    ...documentDrift('its permission policy', may, ...Object.values(role.inline)),
    ...role.attached.map(
      (arn) => `its permission policy should not have: the managed policy ${arn}`,
    ),
  ];
}

/** Compares only denies: a boundary may deny more than it must. */
function boundaryDrift(wanted: Expectations, found: Found): readonly Difference[] {
  const inUse = [...found.roles.values()].some((role) => role?.boundary === wanted.boundary);
  const { partition = '', account = '' } = parseRoleArn(wanted.roles[0]?.arn ?? '') ?? {};
  const { broker: stackName, isBroker } = wanted;
  const held = heldByBoundary(
    wanted.roles.map(({ arn }) => arn),
    { place: { partition, account }, stackName, isBroker },
  );
  if (!inUse) return [];
  const [, denies] = boundaryStatements(held);
  const must = statements(...(denies === undefined ? [] : [denies]));
  const { missing } = compare(must, permissionsOf(found.boundary));
  return at(
    wanted.boundary,
    missing.map((permission) => `lacks: ${permission}`),
  );
}

function documentDrift(
  what: string,
  wanted: Permissions,
  ...documents: readonly unknown[]
): readonly string[] {
  const { missing, beyond } = compare(wanted, permissionsOf(...documents));
  return [
    ...missing.map((permission) => `${what} lacks: ${permission}`),
    ...beyond.map((permission) => `${what} should not have: ${permission}${hintFor(permission)}`),
  ];
}

/** For a deleted principal IAM returns its unique id (IAM User Guide, "AWS JSON policy elements: Principal"). */
function hintFor(permission: string): string {
  return / by A(ROA|IDA)[A-Z0-9]+( |$)/.test(permission)
    ? ' (this principal was deleted, and one that is created again counts as another; deploy the targets again)'
    : '';
}

function statements(...all: readonly object[]): Permissions {
  return permissionsOf({ Statement: all });
}

/** The messages about one ARN. */
function at(arn: string, messages: readonly string[]): readonly Difference[] {
  return messages.map((message) => ({ arn, message }));
}
