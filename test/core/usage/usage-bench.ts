import type { Parameters } from '../../../core/entitlement.ts';
import type { UsedGrant } from '../../../core/usage/evidence.ts';
import type { ActionMap } from '../../../core/usage/kept-actions.ts';
import type { ActionUse, Answer, GrantUsage, JudgedAction } from '../../../core/usage.ts';

/** Usages that tests write down as calls. */

export const DEPLOYMENT = { account: '111122223333', region: 'eu-central-1' };
const DAY = 86_400_000;
const START = Date.parse('2026-11-01T09:00:00Z');

/** `action resource`, called successfully so often; `-` for a resource that is not known. */
export type CallsOf = Readonly<Record<string, number>>;

export function usedGrant(
  index: number,
  calls: CallsOf,
  changes: {
    readonly principal?: string;
    readonly parameters?: Parameters;
    readonly day?: number;
    readonly unmapped?: GrantUsage['unmapped'];
  } = {},
): UsedGrant {
  const { principal = `people:p${index % 3}`, parameters = {}, day = index * 4 } = changes;
  const from = START + day * DAY;
  const actions = actionsOf(calls, from);
  const total = actions.reduce((sum, one) => sum + one.calls, 0);
  const usage: GrantUsage = {
    grantId: `gr_${String(index).padStart(20, '0')}`,
    ...{ entitlement: 'e', principal, vends: 1, calls: total, refused: 0, actions },
    ...{ first: total === 0 ? null : from, last: total === 0 ? null : from },
    unmapped: changes.unmapped ?? [],
    traits: {
      ...{ networks: [], agents: [], chained: [], refusedBurst: 0 },
      afterEnd: { calls: 0, refused: 0, last: null },
    },
    read: {
      ...{ source: 'files', from, until: from + DAY, files: 1, records: total, bytes: 1 },
      ...{ unreadable: 0, duplicates: 0 },
    },
  };
  return { usage, parameters, from, until: from + DAY / 2 };
}

function actionsOf(calls: CallsOf, at: number): readonly ActionUse[] {
  const byAction = new Map<string, [string, number][]>();
  for (const [call, times] of Object.entries(calls)) {
    const [action = '', resource = '-'] = call.split(' ');
    byAction.set(action, [...(byAction.get(action) ?? []), [resource, times]]);
  }
  return [...byAction].map(([action, uses]) => {
    const named = uses.filter(([resource]) => resource !== '-');
    const sum = (of: readonly [string, number][]) => of.reduce((all, [, times]) => all + times, 0);
    return {
      ...{ action, calls: sum(uses), refused: 0, first: at, last: at },
      ...{ regions: ['eu-central-1'], via: [], otherResources: 0 },
      resources: named.map(([resource, times]) => ({ resource, calls: times, refused: 0 })),
      unnamedCalls: sum(uses) - sum(named),
    };
  });
}

export function judgedActions(answers: Readonly<Record<string, Answer>>): readonly JudgedAction[] {
  return Object.entries(answers).map(([action, answer]) => ({
    ...{ action, answer, why: answer === 'unknown' ? 'no trail records it' : null },
    whole: answer !== 'unknown',
    ...{ grants: 1, principals: 1, calls: 1, refused: 0 },
  }));
}

export function principalsOf(count: number) {
  return Array.from({ length: count }, (_, index) => ({
    ...{ principal: `people:p${index}`, name: `P${index}`, grants: 1, idle: 0, actions: 1 },
    ...{ lastUse: null, calls: 1, refused: 0 },
  }));
}

const S3 = [
  's3:GetObject',
  's3:GetObjectTagging',
  's3:GetBucketAcl',
  's3:PutObject',
  's3:ListBucket',
];

/** Knows some actions of S3, and of no other service. */
export const MAP: ActionMap = {
  expandAction: (pattern) => {
    if (!pattern.toLowerCase().startsWith('s3:')) return null;
    const matching = new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`, 'i');
    return S3.filter((action) => matching.test(action));
  },
  servicesOf: (source) => [source.replace('.amazonaws.com', '')],
  checkedBeside: (called, other) =>
    called === 's3:PutObject' && other === 's3:PutObjectTagging' ? 'tags may need it' : null,
};
