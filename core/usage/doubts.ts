import type { GrantUsage } from '../usage.ts';
import type { Meaning } from './meaning.ts';
import type { GrantRead } from './merge-uses.ts';

/** Why nothing can be called unused, in words; null where the reading is whole. */
export type Doubts = {
  readonly all: string | null;
  /** Whether no log file was found where there should be some. */
  readonly noFiles: boolean;
  /** By service, `*` for all: calls whose actions are not known may have needed any action of it. */
  readonly services: ReadonlyMap<string, string>;
};

/** Grants that run are no doubt: the answers are about those that ended. */
export function doubtsOf(grants: readonly GrantRead[], servicesOf: Meaning['servicesOf']): Doubts {
  const usages = grants.flatMap(({ usage }) => usage ?? []);
  const noFiles = usages.some(({ read }) => read.files === 0 || read.bytes === 0);
  return {
    all: doubtOf(grants, usages),
    noFiles,
    services: unmapped(usages, servicesOf),
  };
}

function doubtOf(grants: readonly GrantRead[], usages: readonly GrantUsage[]): string | null {
  const ended = grants.filter(({ until, usage }) => until !== null && usage?.vends !== null);
  if (ended.length === 0) {
    return grants.length === 0
      ? 'there was no grant'
      : 'no grant with keys had ended an hour before';
  }
  const unread = ended.filter(({ usage }) => usage === null).length;
  if (unread > 0) return `calls of ${counted(unread, 'grant')} were not read`;
  const lacking = ended.filter(({ usage }) => usage?.vends === 0).length;
  if (lacking > 0) {
    return `not even the vend of the keys of ${counted(lacking, 'grant')} is in the logs`;
  }
  const partly = ended.filter((grant) => !isWhole(grant)).length;
  if (partly > 0)
    return `the logs were not read for all of the time of ${counted(partly, 'grant')}`;
  const unreadable = Math.max(...usages.map(({ read }) => read.unreadable));
  if (unreadable > 0) return `${counted(unreadable, 'record')} could not be read`;
  const cut = usages.filter(({ leftOut }) => (leftOut?.actions ?? 0) > 0).length;
  return cut > 0 ? `more actions were called under ${counted(cut, 'grant')} than are kept` : null;
}

function isWhole({ from, until, usage }: GrantRead): boolean {
  if (usage === null || until === null) return false;
  return usage.read.from <= from && usage.read.until >= until;
}

/** A call that was refused used nothing; one that was answered before permissions were checked may have wanted anything. */
function unmapped(
  usages: readonly GrantUsage[],
  servicesOf: Meaning['servicesOf'],
): ReadonlyMap<string, string> {
  const doubts = new Map<string, string>();
  for (const { unmapped: uses, leftOut } of usages) {
    for (const { source, name, calls, refused, unproven = 0 } of uses) {
      if (calls > 0 && calls === refused && unproven === 0) continue;
      const doubt = `what ${name} of ${source} needs is not known, and it was called`;
      for (const service of servicesOf(source)) doubts.set(service.toLowerCase(), doubt);
    }
    if ((leftOut?.unmapped ?? 0) > 0) doubts.set('*', 'there were more calls than are kept');
  }
  return doubts;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
