import { KILL_SWITCH_POLICY } from '../kill/deny-policy.ts';
import {
  boundaryStatements,
  killPermissions,
  killTrust,
  NOTHING_WITHOUT_SOURCE_IDENTITY,
  vendableTrust,
} from './documents.ts';
import type { Expectations, ExpectedRole } from './expectations.ts';
import { compare, type Permissions, permissionsOf } from './permissions.ts';

/** A role as IAM has it; documents are parsed JSON. */
export type FoundRole = {
  readonly arn: string;
  readonly trust: unknown;
  readonly inline: Readonly<Record<string, unknown>>;
  /** ARNs of managed policies. */
  readonly attached: readonly string[];
  readonly boundary: string | null;
};

/** What was found under the ARNs that were looked for; null is nothing. */
export type Found = {
  readonly roles: ReadonlyMap<string, FoundRole | null>;
  /** The document of the stack's boundary. */
  readonly boundary: unknown;
};

export type Difference = { readonly arn: string; readonly message: string };

/** Every way in which an account is not as it must be, in plain words. */
export function differences(wanted: Expectations, found: Found): readonly Difference[] {
  const roles = wanted.roles.flatMap((role) =>
    said(role.arn, roleDrift(role, found.roles.get(role.arn) ?? null)),
  );
  const { killRole } = wanted;
  const kill = killRole === null ? [] : killRoleDrift(killRole, wanted, found);
  return [...roles, ...said(killRole?.arn ?? '', kill), ...boundaryDrift(wanted, found)];
}

function roleDrift(wanted: ExpectedRole, found: FoundRole | null): readonly string[] {
  if (found === null) return ['is not there: nothing can be vended on it'];
  const misplaced = found.arn === wanted.arn ? [] : [`has another path: it is ${found.arn}`];
  const inline = permissionsOf(...Object.values(found.inline));
  const denies = statements(NOTHING_WITHOUT_SOURCE_IDENTITY);
  const open = compare(denies, inline).missing.length > 0;
  const limited = wanted.boundary === null || wanted.boundary === found.boundary;
  return [
    ...misplaced,
    ...documentDrift('its trust policy', statements(...vendableTrust(wanted.trusts)), found.trust),
    ...(open ? ['does not deny everything to sessions without a SourceIdentity'] : []),
    ...switchDrift(found.inline[KILL_SWITCH_POLICY]),
    ...(limited
      ? []
      : [
          `has ${found.boundary === null ? 'no boundary' : `the boundary ${found.boundary}`}; it must be ${wanted.boundary}`,
        ]),
  ];
}

/** The kill switch itself changes all the time, and is compared by the sweep; it only ever denies. */
function switchDrift(document: unknown): readonly string[] {
  const allowed = [...permissionsOf(document).values()].filter(
    (it) => !it.startsWith('deny * on *'),
  );
  return allowed.map((it) => `its ${KILL_SWITCH_POLICY} holds what the broker never writes: ${it}`);
}

function killRoleDrift(
  killRole: NonNullable<Expectations['killRole']>,
  { roles }: Expectations,
  found: Found,
): readonly string[] {
  const role = found.roles.get(killRole.arn) ?? null;
  if (role === null) return ['is not there: no grant in this account can be revoked'];
  const misplaced = role.arn === killRole.arn ? [] : [`has another path: it is ${role.arn}`];
  const may = statements(...killPermissions(roles.map(({ arn }) => arn)));
  return [
    ...misplaced,
    ...documentDrift('its trust policy', statements(...killTrust(killRole.trusts)), role.trust),
    ...documentDrift('its permission policy', may, ...Object.values(role.inline)),
    ...role.attached.map((arn) => `its permission policy goes beyond: the managed policy ${arn}`),
  ];
}

/** A boundary that denies more is one, too. */
function boundaryDrift(wanted: Expectations, found: Found): readonly Difference[] {
  const inUse = [...found.roles.values()].some((it) => it?.boundary === wanted.boundary);
  const kill = wanted.killRole === null ? [] : [wanted.killRole.arn];
  const held = [...wanted.roles.map(({ arn }) => arn), ...kill, wanted.boundary];
  if (!inUse) return [];
  const [, denies] = boundaryStatements(held);
  const must = statements(...(denies === undefined ? [] : [denies]));
  const { missing } = compare(must, permissionsOf(found.boundary));
  return said(
    wanted.boundary,
    missing.map((it) => `lacks: ${it}`),
  );
}

function documentDrift(
  what: string,
  wanted: Permissions,
  ...documents: readonly unknown[]
): readonly string[] {
  const { missing, beyond } = compare(wanted, permissionsOf(...documents));
  return [
    ...missing.map((it) => `${what} lacks: ${it}`),
    ...beyond.map((it) => `${what} goes beyond: ${it}${hintFor(it)}`),
  ];
}

/** IAM shows the unique id of a role that is gone (IAM User Guide, "Principal"). */
function hintFor(permission: string): string {
  return / by A(ROA|IDA)[A-Z0-9]+( |$)/.test(permission)
    ? ' (this principal was deleted; one of the same name is another: deploy the targets again)'
    : '';
}

function statements(...all: readonly object[]): Permissions {
  return permissionsOf({ Statement: all });
}

function said(arn: string, messages: readonly string[]): readonly Difference[] {
  return messages.map((message) => ({ arn, message }));
}
