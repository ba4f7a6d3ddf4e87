import { parseRoleArn } from './role-arn.ts';

/** A parameter: its values match `pattern` as a whole and have at most `maxLength` characters. */
export type ParameterSpec = {
  readonly pattern: string;
  readonly description: string;
  readonly maxLength: number;
  /** The only values, where the author lists them; the pattern says the same. */
  readonly values?: readonly string[];
  /** Callers may also send `true` and `false` without quotes. */
  readonly boolean?: true;
  /** Values may contain characters beyond printable ASCII. */
  readonly unicode?: true;
};

/** A grant's values, by parameter name. */
export type Parameters = Readonly<Record<string, string>>;

/** A caller's own narrowing of an entitlement: fewer actions, fewer resources, or both. */
export type Scope = {
  readonly actions?: readonly string[];
  readonly resources?: readonly string[];
};

/** Condition operator → condition key → value or values, as IAM writes it. */
export type ConditionBlock = Readonly<
  Record<string, Readonly<Record<string, string | readonly string[]>>>
>;

/** One IAM statement; until it is rendered, its strings may contain `{{parameter}}` placeholders. */
export type Statement = {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action?: readonly string[];
  readonly NotAction?: readonly string[];
  readonly Resource?: readonly string[];
  readonly NotResource?: readonly string[];
  readonly Condition?: ConditionBlock;
};

export type Risk = 'low' | 'medium' | 'high' | 'critical';

export type Approval = {
  readonly required: number;
  /** This many votes to deny end the request. */
  readonly refusals: number;
  /** Qualified groups: `<issuer id>:<group>`. */
  readonly approvers: readonly string[];
  readonly remindAfterSeconds?: number;
  readonly escalateAfterSeconds?: number;
  readonly escalateTo: readonly string[];
  readonly lapseAfterSeconds: number;
  /** Claims (in the issuers' `tags`) that identify one person behind several principals. */
  readonly samePerson: readonly string[];
  /** Whoever approves must have heard two digits from the requester. */
  readonly matchCode?: true;
};

/** A named, parametrised bundle of IAM statements on one target role: what can be requested. */
export type Entitlement = {
  readonly id: string;
  readonly title: string;
  readonly description?: string;
  readonly risk: Risk;
  readonly labels: readonly string[];
  /** Role ARN, which may contain `{{account}}` and `{{region}}` of the deployment. */
  readonly target: string;
  readonly maxDurationSeconds: number;
  /** The longest session; whoever needs keys for longer gets new ones under the same grant. */
  readonly sessionDurationSeconds: number;
  readonly justification: 'required' | 'optional';
  readonly parameters: Readonly<Record<string, ParameterSpec>>;
  readonly statements: readonly Statement[];
  readonly approval?: Approval;
  /** `bind` binds every session to the IP address that the request came from. */
  readonly network: 'bind' | 'any';
  /** ARNs of roles that a session may assume; the kill switch covers them as well. May contain `{{partition}}` too. */
  readonly chainedRoles: readonly string[];
  /** Claims (in the issuer's `tags`) that identify the job to which a grant is bound. */
  readonly job: readonly string[];
  readonly breakGlass: boolean;
  /** A break-glass use must have been reviewed this long after the grant began. */
  readonly reviewAfterSeconds: number;
  /** Why the author accepts warnings of `valetkey policy check`, by their rules. */
  readonly acknowledged?: Readonly<Record<string, string>>;
};

/** What the deployment provides to every template. */
export type Deployment = { readonly account: string; readonly region: string };

/** What every template may use: what the deployment provides, and the partition of the target role. */
export type BuiltIns = Deployment & { readonly partition: string };

export function builtIns(entitlement: Entitlement, deployment: Deployment): BuiltIns {
  return { ...deployment, partition: targetPartition(entitlement) };
}

/** The partition that the ARN of the target role names. */
export function targetPartition({ target }: Pick<Entitlement, 'target'>): string {
  return target.split(':')[1] ?? '';
}

/** The role that is assumed, with the deployment's account and Region filled in. */
export function targetRoleArn(entitlement: Entitlement, deployment: Deployment): string {
  const { account, region } = deployment;
  return filled(entitlement.target, { account, region });
}

/** The roles that a session may assume, with the deployment's account and Region filled in. */
export function chainedRoleArns(
  entitlement: Entitlement,
  deployment: Deployment,
): readonly string[] {
  const values = builtIns(entitlement, deployment);
  return entitlement.chainedRoles.map((role) => filled(role, values));
}

function filled(template: string, values: Readonly<Record<string, string>>): string {
  return Object.entries(values).reduce(
    (text, [name, value]) => text.replaceAll(`{{${name}}}`, value),
    template,
  );
}

/** The account of the target role. */
export function targetAccount(entitlement: Entitlement, deployment: Deployment): string {
  return parseRoleArn(targetRoleArn(entitlement, deployment))?.account ?? '';
}
