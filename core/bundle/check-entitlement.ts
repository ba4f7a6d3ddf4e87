import type { Entitlement } from '../entitlement.ts';
import type { Issuer } from '../issuer.ts';
import type { BundleError } from './bundle.ts';
import { checkJob } from './check-job.ts';
import { checkParameters } from './check-parameters.ts';
import { checkPlaceholders } from './check-placeholders.ts';
import { issuerMistake } from './check-references.ts';
import { checkRoles } from './check-roles.ts';
import { checkStatements } from './check-statements.ts';
import type { Located } from './yaml-file.ts';

/** Checks what the schema of an entitlement file cannot express. */
export function checkEntitlement(
  entitlement: Located<Entitlement>,
  issuers: readonly Issuer[],
): readonly BundleError[] {
  return [
    ...checkRoles(entitlement),
    ...checkParameters(entitlement),
    ...checkPlaceholders(entitlement),
    ...checkStatements(entitlement),
    ...checkApprovers(entitlement, issuers),
    ...checkJob(entitlement, issuers),
  ];
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
