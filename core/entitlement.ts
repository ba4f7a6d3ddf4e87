import { parseRoleArn } from './role-arn.ts';

/** What a caller may fill in: a full match of `pattern`, at most `maxLength` characters. */
export type ParameterSpec = {
  readonly pattern: string;
  readonly description: string;
  readonly maxLength: number;
  /** Where only these are accepted: the pattern says the same. */
  readonly values?: readonly string[];
  /** Callers may also send `true` and `false` without quotes. */
  readonly boolean?: true;
  /** Other characters than printable ASCII are welcome, too. */
  readonly unicode?: true;
};

/** The values that a grant fills in, by the names of its parameters. */
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

/** One IAM statement; strings may hold `{{parameter}}` placeholders until it is rendered. */
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
  /** Claims (under `tags` of the issuers) that show one person behind several principals. */
  readonly samePerson: readonly string[];
};

/** A named, parametrised bundle of IAM statements on one target role: what can be asked for. */
export type Entitlement = {
  readonly id: string;
  readonly title: string;
  readonly description?: string;
  readonly risk: Risk;
  readonly labels: readonly string[];
  /** Role ARN, with `{{account}}` and `{{region}}` where the author left them to the deployment. */
  readonly target: string;
  readonly maxDurationSeconds: number;
  readonly justification: 'required' | 'optional';
  readonly parameters: Readonly<Record<string, ParameterSpec>>;
  readonly statements: readonly Statement[];
  readonly approval?: Approval;
  /** `bind` ties every session to the IP address that the request came from. */
  readonly network: 'bind' | 'any';
  /** ARNs of roles that a session may assume further; the kill switch covers them too. */
  readonly chainedRoles: readonly string[];
  /** Claims (under `tags` of the issuer) that name the job which a grant is tied to. */
  readonly job: readonly string[];
  readonly breakGlass: boolean;
  /** How long after a break-glass grant began its use must have been reviewed. */
  readonly reviewAfterSeconds: number;
  /** Why what `valetkey policy check` warns of is meant to be so. */
  readonly acknowledged?: string;
};

/** What the deployment knows and every template may use. */
export type Deployment = { readonly account: string; readonly region: string };

/** The role that is assumed, with the deployment's own account and Region filled in. */
export function targetRoleArn(entitlement: Entitlement, deployment: Deployment): string {
  return roleArn(entitlement.target, deployment);
}

/** The roles that a session may go on to, likewise. */
export function chainedRoleArns(
  entitlement: Entitlement,
  deployment: Deployment,
): readonly string[] {
  return entitlement.chainedRoles.map((role) => roleArn(role, deployment));
}

function roleArn(template: string, { account, region }: Deployment): string {
  return template.replaceAll('{{account}}', account).replaceAll('{{region}}', region);
}

/** The account that the target role lives in. */
export function targetAccount(entitlement: Entitlement, deployment: Deployment): string {
  return parseRoleArn(targetRoleArn(entitlement, deployment))?.account ?? '';
}
