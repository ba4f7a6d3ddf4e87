import type { Statement } from '../entitlement.ts';
import { groupBy } from '../group-by.ts';
import type { Instant } from '../instant.ts';
import type { Blind, Judged, JudgedAction, UsedOfGranted } from '../usage.ts';
import { type Gap, gapsIn, type Logs } from './covers.ts';
import { type Doubts, doubtsOf } from './doubts.ts';
import { type Granted, grantedActions, mayAllow } from './granted-actions.ts';
import type { Meaning } from './meaning.ts';
import { type GrantRead, type Uses, usesOf } from './merge-uses.ts';
import { recordedResources } from './recorded-resources.ts';
import { wantedOf } from './wanted.ts';

export type Judging = {
  /** The present ones, also for grants of an earlier definition. */
  readonly statements: readonly Statement[];
  readonly meaning: Pick<Meaning, 'recordingOf' | 'expandAction' | 'servicesOf' | 'checkedBeside'>;
  /** All that grants were read in: what one of them cannot show is unknown. */
  readonly logs: readonly Logs[];
  /** Of the roles whose sessions call. */
  readonly accounts: readonly string[];
};

/**
 * What of some statements was used under some grants. An action is `unused` only where each of its calls would have been
 * recorded, the logs of all grants that ended were read as a whole, and none shows it used. Everything else is `unknown`,
 * and says why.
 */
export function judge(judging: Judging, grants: readonly GrantRead[]): Judged {
  const granted = grantedActions(judging.statements, judging.meaning.expandAction);
  const uses = usesOf(grants);
  const doubts = doubtsOf(grants, judging.meaning.servicesOf);
  const from = Math.min(...grants.map((grant) => grant.from));
  const seen = granted.map((one) => ({ one, ...watched(one, judging, from) }));
  const doubted = seen.map(({ one, why }) => {
    const use = uses.get(one.action.toLowerCase());
    return { one, use, doubt: why ?? doubtOf(one.action, use, doubts, judging) };
  });
  // What may have been called unseen may have needed others too: their calls on its behalf need not name the caller.
  const unseen = doubted.filter(({ one, doubt }) => one.unclear === null && doubt !== null);
  const called = [...uses.values()].filter(isUsed).map(({ action }) => action);
  called.push(...unseen.map(({ one }) => one.action));
  const actions = doubted.flatMap(({ one, use, doubt }) => {
    if (one.unclear !== null) return unclearActions(one, one.unclear, uses);
    return [judgedAction(one.action, use, doubt ?? besideOf(one.action, called, judging))];
  });
  // A pattern and a name may stand for the same action, or two patterns.
  const distinct = [...new Map(actions.map((one) => [one.action.toLowerCase(), one])).values()];
  return {
    summary: summaryOf(distinct),
    actions: distinct,
    ...wantedOf(judging.statements, grants),
    blind: blindOf(seen, judging, doubts),
  };
}

const NO_FILES = 'no log file was found';
/** Why an action is unknown that was called, and never told whether it was permitted. */
export const UNPROVEN = 'its calls were answered before permissions were checked';

/** How much of an entitlement one grant used. While the grant runs, nothing is unused. */
export function judgeGrant(judging: Judging, grant: GrantRead): Judged {
  return judge(judging, [grant]);
}

type Watched = { readonly why: string | null; readonly gaps: readonly Gap[] };

/** Why calls that need the action might not be in the logs. */
function watched(granted: Granted, { meaning, logs, accounts }: Judging, from: Instant): Watched {
  if (granted.unclear !== null) return { why: granted.unclear, gaps: [] };
  const recording = meaning.recordingOf(granted.action);
  if (recording.kind === 'none' || recording.kind === 'unreviewed') {
    return { why: recording.why, gaps: [] };
  }
  if (recording.kind === 'data' && recording.withoutArn !== undefined) {
    // A placeholder can stand for anything.
    const all = granted.resources.every((resource) => resource.startsWith('arn:'));
    if (!all) return { why: recording.withoutArn, gaps: [] };
  }
  const places = { accounts, regions: granted.regions };
  const resources = recordedResources(granted.action, granted.resources);
  const gaps = logs.flatMap((one) => gapsIn(recording, places, resources, one, one.from ?? from));
  const whys = new Set(gaps.map(inWords));
  return { why: gaps.length === 0 ? null : [...whys].join('; '), gaps };
}

function inWords({ why, accounts, regions }: Gap): string {
  const where = [...accounts, ...regions].join(', ');
  return where === '' ? why : `${why} (${where})`;
}

function doubtOf(
  action: string,
  use: Uses | undefined,
  { all, noFiles, services }: Doubts,
  { accounts }: Judging,
): string | null {
  if (noFiles) return inWords({ accounts, regions: [], why: NO_FILES });
  if (use?.unproven === true) return UNPROVEN;
  return all ?? services.get('*') ?? services.get(serviceOf(action)) ?? null;
}

/** Whether a call that was seen, or may have been made, may have needed the action too, though no record names it. */
function besideOf(action: string, called: readonly string[], { meaning }: Judging): string | null {
  for (const one of called) {
    const why = meaning.checkedBeside(one, action);
    if (why !== null) return why;
  }
  return null;
}

function isUsed({ grants }: Uses): boolean {
  return grants.size > 0;
}

/** What a pattern that nobody can expand was used for, and the rest of it. */
function unclearActions(
  granted: Granted,
  why: string,
  uses: ReadonlyMap<string, Uses>,
): readonly JudgedAction[] {
  const used = [...uses]
    .filter(([key, { grants }]) => grants.size > 0 && mayAllow(granted, key))
    .map(([, use]) => judgedAction(use.action, use, why));
  const isWhole = used.length > 0 && !/[*?]/.test(granted.action);
  return isWhole ? used : [...used, judgedAction(granted.action, undefined, why)];
}

function judgedAction(action: string, use: Uses | undefined, doubt: string | null): JudgedAction {
  const { calls = 0, refused = 0 } = use ?? {};
  const counts = { calls, refused, grants: use?.grants.size ?? 0 };
  const whole = doubt === null;
  const rest = { action, whole, ...counts, principals: use?.principals.size ?? 0 };
  if (rest.grants > 0) return { ...rest, answer: 'used', why: null };
  return doubt === null
    ? { ...rest, answer: 'unused', why: null }
    : { ...rest, answer: 'unknown', why: doubt };
}

function summaryOf(actions: readonly JudgedAction[]): UsedOfGranted {
  const count = (answer: JudgedAction['answer']) =>
    actions.filter((one) => one.answer === answer).length;
  return { used: count('used'), granted: actions.length, unknown: count('unknown') };
}

function blindOf(
  seen: readonly (Watched & { readonly one: Granted })[],
  { accounts }: Judging,
  { noFiles }: Doubts,
): readonly Blind[] {
  const found = seen.flatMap(({ one, gaps }) => {
    const service = serviceOf(one.action);
    const none = noFiles ? [{ accounts, regions: one.regions ?? [], why: NO_FILES }] : [];
    return [...none, ...gaps].map((gap) => ({ service, ...gap }));
  });
  return [...groupBy(found, ({ service, why }) => `${service} ${why}`).values()].flatMap((all) => {
    const [first] = all;
    if (first === undefined) return [];
    const everywhere = all.some(({ regions }) => regions.length === 0);
    return {
      service: first.service,
      accounts: [...new Set(all.flatMap((gap) => gap.accounts))].toSorted(),
      regions: everywhere ? [] : [...new Set(all.flatMap(({ regions }) => regions))].toSorted(),
      why: first.why,
    };
  });
}

function serviceOf(action: string): string {
  return (action.split(':')[0] ?? '').toLowerCase();
}
