import type { CompiledEntitlement } from '../bundle/bundle.ts';
import { formatDuration } from '../duration.ts';
import { changesOfFields, ownField, show } from './diff-fields.ts';
import { changesOfStatements } from './diff-statements.ts';

/** The differences between two definitions of an entitlement, those that matter most first. */
export function changesOfEntitlement(
  before: CompiledEntitlement,
  after: CompiledEntitlement,
): readonly string[] {
  const changes = [
    ...changesOfDuration('maxDuration', before.maxDurationSeconds, after.maxDurationSeconds),
    ...changesOfDuration(
      'sessionDuration',
      before.sessionDurationSeconds,
      after.sessionDurationSeconds,
    ),
    ...changesOfStatements(before.statements, after.statements, {
      ...before.samples,
      ...after.samples,
    }),
    ...changesOfParameters(before, after),
    ...changesOfApproval(before, after),
    ...changesOfFields(otherFields(before), otherFields(after)),
  ];
  return changes.length === 0 && before.hash !== after.hash ? [REWRITTEN] : changes;
}

/** Grants are bound to the words of the definition (`core/bundle/definition.ts`). */
const REWRITTEN = 'grants the same as before in other words; its open grants end';

/** Without what has words of its own, and without what the compiler derives. */
function otherFields(entitlement: CompiledEntitlement): object {
  const { statements, parameters, approval, ...fields } = entitlement;
  const { maxDurationSeconds, sessionDurationSeconds, hash, samples, readsHistory, ...written } =
    fields;
  return asWritten(written);
}

/** The fields as the author's file has them. */
function asWritten(fields: object): object {
  const named = Object.entries(fields).map(([name, value]) => {
    if (name === 'refusals') return ['denials', value];
    if (!name.endsWith('Seconds')) return [name, value];
    return [name.replace('Seconds', ''), formatDuration(value)];
  });
  return Object.fromEntries(named);
}

function changesOfDuration(field: string, before: number, after: number): readonly string[] {
  if (before === after) return [];
  const direction = after > before ? 'longer' : 'shorter';
  return [`${field}: ${formatDuration(before)} → ${formatDuration(after)} (${direction})`];
}

function changesOfParameters(
  { parameters: before }: CompiledEntitlement,
  { parameters: after }: CompiledEntitlement,
): readonly string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.flatMap((name) => {
    const [old, now] = [ownField(before, name), ownField(after, name)];
    if (old === undefined) return [`now has the parameter '${name}': ${now?.pattern}`];
    if (now === undefined) return [`no longer has the parameter '${name}'`];
    return changesOfFields(old, now).map((change) => `parameter '${name}': ${change}`);
  });
}

function changesOfApproval(
  { approval: before }: CompiledEntitlement,
  { approval: after }: CompiledEntitlement,
): readonly string[] {
  if (after === undefined) return before === undefined ? [] : ['can no longer be approved'];
  if (before === undefined) {
    return [`can now be approved: ${after.required} of ${show(after.approvers)}`];
  }
  const changes = changesOfFields(asWritten(before), asWritten(after));
  return changes.length === 0 ? [] : [`approval: ${changes.join('; ')}`];
}
