import type { Statement } from '../entitlement.ts';
import { containsAction } from '../session-policy/glob.ts';
import type { Answer, JudgedAction } from '../usage.ts';
import type { UsedGrant } from './evidence.ts';
import type { Meaning } from './meaning.ts';

/** What is known of actions. */
export type ActionMap = Pick<Meaning, 'expandAction' | 'servicesOf' | 'checkedBeside'>;

/** A longer list says less than the pattern, and session policies have little room. */
export const MOST_LISTED = 40;

export type Kept = {
  /** What replaces the actions of a statement. */
  readonly actionsOf: (statement: Statement) => readonly string[];
  /** Null for an action that nobody judged. */
  readonly answerOf: (action: string) => Answer | null;
  /**
   * What stays although no record shows it, and why; and the patterns that `actionsOf` has replaced so far, which go with
   * what nobody judged.
   */
  readonly remarks: readonly string[];
};

/**
 * Which actions stay: used ones, unknown ones, those that nobody judged, those that a used one may have needed beside it,
 * and all of a service in which something was called whose action is not known.
 */
export function keptActions(
  judged: readonly JudgedAction[],
  grants: readonly UsedGrant[],
  { expandAction, servicesOf, checkedBeside }: ActionMap,
): Kept {
  const answers = answersOf(judged, grants);
  const called = grants.flatMap(({ usage }) => usage.unmapped.map(({ source }) => source));
  const unclear = new Set(called.flatMap(servicesOf).map((service) => service.toLowerCase()));
  const used = [...answers.values()].filter(({ answer }) => answer === 'used');
  const besides = new Map(
    [...answers].flatMap(([key, { action, answer }]) => {
      if (answer !== 'unused') return [];
      const whys = used.flatMap((one) => checkedBeside(one.action, action) ?? []);
      return whys.slice(0, 1).map((why) => [key, `${action} stays: ${why}`] as const);
    }),
  );
  const stays = (action: string): boolean =>
    answers.get(action.toLowerCase())?.answer !== 'unused' ||
    besides.has(action.toLowerCase()) ||
    unclear.has(serviceIn(action));
  const staying = [...answers.values()].map(({ action }) => action).filter(stays);

  const inPlaceOf = (pattern: string): readonly string[] => {
    if (!isPattern(pattern)) return stays(pattern) ? [pattern] : [];
    const left = leftOf(pattern);
    if (left[0] !== pattern) replaced.add(pattern);
    return left;
  };
  const replaced = new Set<string>();
  const leftOf = (pattern: string): readonly string[] => {
    const all = expandAction(pattern) ?? [];
    const listed = all.filter((action) => containsAction(pattern, action));
    const kept = listed.filter(stays);
    if (kept.length === listed.length) return [pattern];
    const others = staying.filter(
      (action) => containsAction(pattern, action) && !isIn(action, listed),
    );
    // An unknown pattern could be any of its actions.
    if (others.some(isPattern)) return [pattern];
    const list = [...kept, ...others];
    return list.length > MOST_LISTED ? [pattern] : list;
  };
  return {
    actionsOf: ({ Action = [] }) => distinct(Action.flatMap(inPlaceOf)),
    answerOf: (action) => answers.get(action.toLowerCase())?.answer ?? null,
    get remarks() {
      return [...besides.values(), ...[...replaced].map(newerThan)];
    },
  };
}

function newerThan(pattern: string): string {
  return `${pattern} gives way to actions by name: those that are newer, and not known here, go with it, and nobody looked for calls of them`;
}

type Known = { readonly action: string; readonly answer: Answer };

/** A call is proof, whatever was judged. */
function answersOf(
  judged: readonly JudgedAction[],
  grants: readonly UsedGrant[],
): ReadonlyMap<string, Known> {
  const answers = new Map<string, Known>();
  for (const { action, answer } of judged) answers.set(action.toLowerCase(), { action, answer });
  for (const { action, calls, refused } of grants.flatMap(({ usage }) => usage.actions)) {
    if (calls > refused) answers.set(action.toLowerCase(), { action, answer: 'used' });
  }
  return answers;
}

export function isPattern(action: string): boolean {
  return /[*?]/.test(action);
}

function serviceIn(action: string): string {
  return (action.split(':')[0] ?? '').toLowerCase();
}

function isIn(action: string, list: readonly string[]): boolean {
  return list.some((one) => one.toLowerCase() === action.toLowerCase());
}

function distinct(actions: readonly string[]): readonly string[] {
  return actions.filter(
    (action, index) =>
      actions.findIndex((one) => one.toLowerCase() === action.toLowerCase()) === index,
  );
}
