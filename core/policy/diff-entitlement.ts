import type { CompiledEntitlement } from '../bundle/bundle.ts';
import { formatDuration } from '../duration.ts';
import { changesOfFields, show } from './diff-fields.ts';
import { changesOfStatements } from './diff-statements.ts';

/** What differs between two definitions of one entitlement, what matters most first. */
export function changesOfEntitlement(
  before: CompiledEntitlement,
  after: CompiledEntitlement,
): readonly string[] {
  const { statements: _, maxDurationSeconds: __, parameters: ___, ...restBefore } = plain(before);
  const { statements: _s, maxDurationSeconds: _m, parameters: _p, ...restAfter } = plain(after);
  return [
    ...duration(before.maxDurationSeconds, after.maxDurationSeconds),
    ...changesOfStatements(before.statements, after.statements),
    ...parameters(before, after),
    ...changesOfFields(restBefore, restAfter).map(approvalInWords(before, after)),
  ];
}

/** Without what the compiler derived. */
function plain({ hash: _, samples: __, readsHistory: ___, ...entitlement }: CompiledEntitlement) {
  return entitlement;
}

function duration(before: number, after: number): readonly string[] {
  if (before === after) return [];
  const direction = after > before ? 'longer' : 'shorter';
  return [`maxDuration: ${formatDuration(before)} → ${formatDuration(after)} (${direction})`];
}

function parameters(
  { parameters: before }: CompiledEntitlement,
  { parameters: after }: CompiledEntitlement,
): readonly string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.flatMap((name) => {
    const [old, now] = [before[name], after[name]];
    if (old === undefined) return [`takes a new parameter '${name}': ${now?.pattern}`];
    if (now === undefined) return [`no longer takes the parameter '${name}'`];
    return changesOfFields(old, now).map((change) => `parameter '${name}': ${change}`);
  });
}

/** An approval that comes or goes is the whole point; its fields are named one by one. */
function approvalInWords(before: CompiledEntitlement, after: CompiledEntitlement) {
  return (change: string): string => {
    if (!change.startsWith('approval: ')) return change;
    const [old, now] = [before.approval, after.approval];
    if (now === undefined) return 'no longer needs an approval';
    const who = `${now.required} of ${show(now.approvers)}`;
    if (old === undefined) return `now can be approved: ${who}`;
    return `approval: ${changesOfFields(old, now).join('; ')}`;
  };
}
