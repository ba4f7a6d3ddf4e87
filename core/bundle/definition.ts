import type { Approval, Entitlement, ParameterSpec } from '../entitlement.ts';
import { sha256 } from '../ids.ts';

/**
 * What a change of a field means for grants that are open:
 *
 * - `grants`: it says what sessions can do, or who may use them. Part of the hash: the grants end.
 * - `decides`: policy reads it. The broker asks policy again.
 * - `limits`: it is compared with the grant (`core/deciding/limits-now.ts`).
 * - `later`: it applies to requests from now on.
 * - `words`: people read it.
 */
export type FieldMeaning = 'grants' | 'decides' | 'limits' | 'later' | 'words';

type Meanings<T> = Readonly<Record<keyof T, FieldMeaning>>;

export const PARAMETER_FIELDS: Meanings<ParameterSpec> = {
  pattern: 'grants',
  description: 'words',
  maxLength: 'grants',
  values: 'grants',
  boolean: 'grants',
  unicode: 'grants',
};

export const APPROVAL_FIELDS: Meanings<Approval> = {
  required: 'limits',
  refusals: 'later',
  approvers: 'decides',
  remindAfterSeconds: 'later',
  escalateAfterSeconds: 'later',
  escalateTo: 'decides',
  lapseAfterSeconds: 'later',
  samePerson: 'grants',
  matchCode: 'later',
};

/** `parameters` and `approval` have tables of their own. */
export const ENTITLEMENT_FIELDS: Meanings<Omit<Entitlement, 'parameters' | 'approval'>> = {
  id: 'grants',
  title: 'words',
  description: 'words',
  risk: 'decides',
  labels: 'decides',
  target: 'grants',
  maxDurationSeconds: 'limits',
  sessionDurationSeconds: 'later',
  justification: 'later',
  statements: 'grants',
  network: 'grants',
  chainedRoles: 'grants',
  job: 'grants',
  breakGlass: 'decides',
  reviewAfterSeconds: 'later',
  acknowledged: 'words',
};

/** Changes with what an entitlement grants, whatever the order of its keys and whatever it is called. */
export function definitionHash(entitlement: Entitlement): string {
  const parameters = Object.entries(entitlement.parameters).map(
    ([name, spec]) => [name, granting(spec, PARAMETER_FIELDS)] as const,
  );
  const definition = {
    ...granting(entitlement, ENTITLEMENT_FIELDS),
    parameters: Object.fromEntries(parameters),
    approval: entitlement.approval && granting(entitlement.approval, APPROVAL_FIELDS),
  };
  return sha256(JSON.stringify(sorted(withoutEmpty(definition))));
}

function granting(value: object, table: Readonly<Record<string, FieldMeaning>>): object {
  const fields = Object.entries(value).filter(([field]) => table[field] === 'grants');
  return withoutEmpty(Object.fromEntries(fields));
}

/** An empty list is the same as none, so that a new field with an empty default changes no hash. */
function withoutEmpty(value: object): object {
  const empty = (field: unknown): boolean =>
    typeof field === 'object' && field !== null && Object.keys(field).length === 0;
  return Object.fromEntries(Object.entries(value).filter(([, field]) => !empty(field)));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(fields.map(([name, field]) => [name, sorted(field)]));
}
