import { builtIns, type Deployment, type Entitlement, type Statement } from '../entitlement.ts';
import { err, ok, type Result } from '../result.ts';
import { textsOf } from '../session-policy/statement-texts.ts';
import { placeholdersIn } from '../session-policy/template.ts';
import type { EntitlementUsage } from '../usage.ts';
import { type Basis, basisOf, type UsedGrant } from './evidence.ts';
import { type ActionMap, type Kept, keptActions } from './kept-actions.ts';
import { type Narrowed, narrowResources } from './narrow-resources.ts';

/** A narrower entitlement. It never allows what the entitlement does not, and always what was called under it. */
export type Proposal = {
  /** One for each statement of the entitlement; null for one that goes. */
  readonly statements: readonly (Statement | null)[];
  /** Actions and patterns that no longer stand in a statement. */
  readonly dropped: readonly string[];
  readonly narrowed: readonly Narrowed[];
  readonly basis: Basis;
  /** What people should know, and what the patch leaves to them. */
  readonly remarks: readonly string[];
};

/** Why there is none: too little is known; nobody used it; or nothing can go. */
export type NoProposal = {
  readonly kind: 'too-little' | 'nobody-used-it' | 'nothing-to-drop';
  readonly why: string;
};

export type Evidence = {
  readonly judged: Pick<EntitlementUsage, 'actions' | 'principals' | 'unread'>;
  /** Those that were read. */
  readonly grants: readonly UsedGrant[];
  readonly map: ActionMap;
  readonly deployment: Deployment;
};

/**
 * What an entitlement could be without what nobody used. What is unknown stays, and so do denies, conditions, and
 * statements that say what they do not cover (`NotAction`).
 */
export function propose(
  entitlement: Entitlement,
  { judged, grants, map, deployment }: Evidence,
): Result<Proposal, NoProposal> {
  const basis = basisOf(grants, judged);
  if (!basis.ok) return err({ kind: 'too-little', why: basis.error });
  if (basis.value.calls === 0) {
    return err(grants.some(showsUse) ? notProven(basis.value) : unused(basis.value, judged));
  }
  const kept = keptActions(judged.actions, grants, map);
  const cut = entitlement.statements.map((statement) => withoutUnused(statement, kept));
  if (!cut.some((statement) => statement?.Effect === 'Allow')) {
    return err(unused(basis.value, judged));
  }
  const { statements: left, remarks } = keepParameters(entitlement, cut);
  const rendering = {
    builtIns: builtIns(entitlement, deployment),
    statements: entitlement.statements,
  };
  const whole = new Set(
    judged.actions.filter((one) => one.whole).map(({ action }) => action.toLowerCase()),
  );
  const found = left.map((statement, index) => {
    if (statement === null || !isSeen(statement, kept)) return { narrowed: [], remarks: [] };
    const narrow = narrowResources(statement, grants, rendering);
    const missing = statement.Action?.find((action) => !whole.has(action.toLowerCase()));
    return missing === undefined ? narrow : asWide(index, missing, narrow.narrowed);
  });
  const statements = left.map((statement, index) =>
    statement === null ? null : withResources(statement, found[index]?.narrowed ?? []),
  );
  const told = [...kept.remarks, ...remarks, ...found.flatMap((one) => one.remarks)];
  if (statements.every((one, index) => one === entitlement.statements[index])) {
    return err({ kind: 'nothing-to-drop', why: nothing(judged, told) });
  }
  return ok({
    statements,
    dropped: droppedFrom(entitlement.statements, statements),
    narrowed: found.flatMap((one) => one.narrowed),
    basis: basis.value,
    remarks: told,
  });
}

/** The statements that a proposal leaves. */
export function statementsLeft({ statements }: Proposal): readonly Statement[] {
  return statements.filter((statement) => statement !== null);
}

function unused({ confidence }: Basis, { actions }: Evidence['judged']): NoProposal {
  const hidden = actions.filter(({ answer }) => answer === 'unknown').length;
  const unseen =
    hidden === 0
      ? ''
      : ` What was called of ${hidden} more of its actions cannot be seen: look there before you do.`;
  return {
    kind: 'nobody-used-it',
    why: `nobody used it: consider retiring it (${confidence}).${unseen}`,
  };
}

/** Also where it goes on, or the logs have a part of it, and where a call was answered before permissions were checked. */
function showsUse({ usage: { actions, unmapped } }: UsedGrant): boolean {
  return actions.length > 0 || unmapped.length > 0;
}

function notProven({ grants }: Basis): NoProposal {
  return {
    kind: 'too-little',
    why: `nothing is proven to have been used under the ${grants} grants that were read, but the logs show calls`,
  };
}

function nothing({ actions }: Evidence['judged'], remarks: readonly string[]): string {
  const hidden = actions.filter(({ answer }) => answer === 'unknown').length;
  const unseen = hidden === 0 ? [] : [`${hidden} of its actions cannot be seen`];
  return ['everything that can be seen was used, or stays', ...unseen, ...remarks].join('; ');
}

/** The same object where nothing goes. */
function withoutUnused(statement: Statement, kept: Kept): Statement | null {
  if (statement.Effect !== 'Allow' || statement.Action === undefined) return statement;
  const actions = kept.actionsOf(statement);
  if (actions.length === 0) return null;
  return isSame(actions, statement.Action) ? statement : { ...statement, Action: actions };
}

/** Callers send the parameters that the entitlement has: one that stands in no statement is a mistake. */
function keepParameters(
  entitlement: Entitlement,
  cut: readonly (Statement | null)[],
): { readonly statements: readonly (Statement | null)[]; readonly remarks: readonly string[] } {
  const statements = [...cut];
  const remarks: string[] = [];
  for (const name of Object.keys(entitlement.parameters)) {
    const has = (one: Statement | null | undefined): boolean =>
      one != null && textsOf(one).some(({ text }) => placeholdersIn(text).includes(name));
    const index = entitlement.statements.findIndex(has);
    const statement = entitlement.statements[index];
    if (statement === undefined || statements.some(has)) continue;
    statements[index] = statement;
    remarks.push(
      `Nobody used statement ${index + 1}. It stays, because the parameter ${name} would stand in no statement without it, and callers send it`,
    );
  }
  return { statements, remarks };
}

/** Only what every action of a statement was called on is known. */
function isSeen({ Effect, Action = [] }: Statement, kept: Kept): boolean {
  return (
    Effect === 'Allow' &&
    Action.length > 0 &&
    Action.every((action) => kept.answerOf(action) === 'used')
  );
}

/** What is not in the logs was perhaps called on other resources. */
function asWide(index: number, action: string, narrowed: readonly Narrowed[]) {
  const remark = `The resources of statement ${index + 1} stay as they are, because the logs may not show every call of ${action}`;
  return { narrowed: [], remarks: narrowed.length === 0 ? [] : [remark] };
}

function withResources(statement: Statement, narrowed: readonly Narrowed[]): Statement {
  if (narrowed.length === 0) return statement;
  const { Resource = [] } = statement;
  const to = new Map(narrowed.map((one) => [one.from, one.to]));
  return { ...statement, Resource: [...new Set(Resource.map((one) => to.get(one) ?? one))] };
}

function droppedFrom(
  before: readonly Statement[],
  after: readonly (Statement | null)[],
): readonly string[] {
  const gone = before.flatMap(({ Action = [] }, index) => {
    const left = after[index]?.Action ?? [];
    return Action.filter((action) => !left.includes(action));
  });
  return [...new Set(gone)];
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((action, index) => action === other[index]);
}
