import type { Entitlement, Statement } from '../entitlement.ts';
import type { Issuer } from '../issuer.ts';
import { parseRoleArn } from '../role-arn.ts';
import {
  checkParameters as checkValues,
  DEPLOYMENT_PLACEHOLDERS,
  PARAMETER_NAME,
} from '../session-policy/parameters.ts';
import { placeholdersIn } from '../session-policy/template.ts';
import type { BundleError } from './bundle.ts';
import { issuerMistake } from './check-references.ts';
import { inspectPattern } from './pattern.ts';
import { allowsRoleChaining, rolesBeyond } from './role-chaining.ts';
import type { Located } from './yaml-file.ts';

/** What the shape alone cannot say of an entitlement. */
export function checkEntitlement(
  entitlement: Located<Entitlement>,
  issuers: readonly Issuer[],
): readonly BundleError[] {
  return [
    ...checkTarget(entitlement),
    ...checkParameters(entitlement),
    ...entitlement.value.statements.flatMap((_, index) => checkTexts(entitlement, index)),
    ...checkChaining(entitlement),
    ...checkApprovers(entitlement, issuers),
  ];
}

function checkTarget({ value, error }: Located<Entitlement>): readonly BundleError[] {
  if (isRole(value.target)) return [];
  const example = 'arn:aws:iam::{{account}}:role/valetkey/name';
  return [
    error(
      ['target'],
      `write a role's ARN, such as ${example}; it may hold {{account}} and {{region}} only`,
    ),
  ];
}

/** The deployment's placeholders have values by the time that the ARN is used. */
function isRole(arn: string): boolean {
  const filled = arn.replaceAll('{{account}}', '0'.repeat(12)).replaceAll('{{region}}', 'r');
  return parseRoleArn(filled) !== null;
}

function checkParameters({ value, error }: Located<Entitlement>): readonly BundleError[] {
  const used = new Set(
    value.statements.flatMap(textsOf).flatMap(([, text]) => placeholdersIn(text)),
  );
  return Object.entries(value.parameters).flatMap(([name, spec]) => {
    const path = ['parameters', name];
    if (DEPLOYMENT_PLACEHOLDERS.includes(name))
      return [error(path, 'is always there; choose another name')];
    if (!PARAMETER_NAME.test(name))
      return [error(path, 'write letters and digits, beginning with a small letter')];
    if (!used.has(name))
      return [error(path, `is used in no statement; write {{${name}}} where it belongs`)];
    const facts = inspectPattern(spec);
    const mistake = facts.ok ? deadEnd(value, name, facts.value.sample) : facts.error;
    return mistake === null ? [] : [error([...path, 'pattern'], mistake)];
  });
}

/** A pattern whose plainest match would be refused at request time is of no use to anybody. */
function deadEnd(entitlement: Entitlement, name: string, sample: string): string | null {
  const spec = entitlement.parameters[name];
  if (spec === undefined) return null;
  const parameters = { [name]: { ...spec, maxLength: Number.POSITIVE_INFINITY } };
  const checked = checkValues({ ...entitlement, parameters }, { [name]: sample });
  return checked.ok ? null : `matches '${sample}', but a value ${checked.error[0]?.detail}`;
}

/** Placeholders: only known ones, and never where a value could become an IAM variable. */
function checkTexts({ value, error }: Located<Entitlement>, index: number): readonly BundleError[] {
  const statement = value.statements[index];
  const known = [...Object.keys(value.parameters), ...DEPLOYMENT_PLACEHOLDERS];
  return (statement === undefined ? [] : textsOf(statement)).flatMap(([path, text]) => {
    const where = ['statements', index, ...path];
    const unknown = placeholdersIn(text).filter((name) => !known.includes(name));
    const errors = unknown.map((name) =>
      error(
        where,
        `{{${name}}} is unknown; there are: ${known.map((it) => `{{${it}}}`).join(', ')}`,
      ),
    );
    if (/\{\{|\}\}/.test(text.replace(/\{\{[^{}]*\}\}/g, ''))) {
      errors.push(error(where, 'has {{ or }} that belong to no placeholder; write {{name}}'));
    }
    if (/\$\{*\{\{|\$\{[^}]*\{\{/.test(text)) {
      errors.push(
        error(
          where,
          'a parameter may not stand inside or right after ${: it could become an IAM variable',
        ),
      );
    }
    return errors;
  });
}

/** A session may go on to roles that are named, because the kill switch must reach it there too. */
function checkChaining({ value, error }: Located<Entitlement>): readonly BundleError[] {
  const roles = value.chainedRoles.flatMap((role, index) =>
    isRole(role) ? [] : [error(['chainedRoles', index], 'is no ARN of one IAM role')],
  );
  const beyond = rolesBeyond(value.statements, value.chainedRoles);
  if (beyond.length > 0) {
    const mend =
      'name the roles under chainedRoles and in Resource, or add { Effect: Deny, Action: "sts:AssumeRole", Resource: "*" }';
    const message = `allow sts:AssumeRole on ${beyond.join(', ')}, where the kill switch would not reach; ${mend}`;
    return [...roles, error(['statements'], message)];
  }
  const idle = value.chainedRoles.length > 0 && !allowsRoleChaining(value.statements);
  if (!idle) return roles;
  const message =
    'name roles that no statement allows to assume; add sts:AssumeRole, or remove them';
  return [...roles, error(['chainedRoles'], message)];
}

function checkApprovers(
  { value, error }: Located<Entitlement>,
  issuers: readonly Issuer[],
): readonly BundleError[] {
  const ids = issuers.map(({ id }) => id);
  return (['approvers', 'escalateTo'] as const).flatMap((field) =>
    (value.approval?.[field] ?? []).flatMap((group, index) => {
      const mistake = issuerMistake(group, ids);
      return mistake === null ? [] : [error(['approval', field, index], mistake)];
    }),
  );
}

function textsOf(statement: Statement): readonly (readonly [readonly PropertyKey[], string])[] {
  const condition = Object.entries(statement.Condition ?? {}).flatMap(([operator, keys]) =>
    Object.entries(keys).flatMap(([key, value]) =>
      (typeof value === 'string' ? [value] : value).map(
        (text) => [['Condition', operator, key], text] as const,
      ),
    ),
  );
  const lists = (['Action', 'NotAction', 'Resource', 'NotResource'] as const).flatMap((field) =>
    (statement[field] ?? []).map((text) => [[field], text] as const),
  );
  return [...lists, ...condition];
}
