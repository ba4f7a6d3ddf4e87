import type { ConditionBlock, Statement } from '../entitlement.ts';
import { actionsOverlap } from '../policy/pattern-overlap.ts';
import { containsAction } from '../session-policy/glob.ts';
import type { Meaning } from './meaning.ts';

/** An action that an entitlement allows, or a pattern of which nobody knows what it allows. */
export type Granted = {
  /** A pattern where `unclear` says why. */
  readonly action: string;
  readonly unclear: string | null;
  /** Actions that an unclear pattern does not allow. */
  readonly except: readonly string[];
  /** ARN patterns that it is allowed on, as they stand in the statements. */
  readonly resources: readonly string[];
  /** Null for every Region. */
  readonly regions: readonly string[] | null;
};

/** What the Allow statements allow, action by action, less what a Deny statement takes away on all resources. */
export function grantedActions(
  statements: readonly Statement[],
  expandAction: Meaning['expandAction'],
): readonly Granted[] {
  const granted = new Map<string, Granted>();
  for (const statement of statements) {
    if (statement.Effect !== 'Allow') continue;
    for (const one of allowedBy(statement, expandAction)) {
      const key = `${one.action.toLowerCase()} ${one.except.join(' ')}`;
      const known = granted.get(key);
      granted.set(key, known === undefined ? one : joined(known, one));
    }
  }
  return [...granted.values()].filter((one) => !isDenied(one, statements));
}

/** Whether a pattern that is unclear allows the action. */
export function mayAllow({ action: pattern, except }: Granted, action: string): boolean {
  return containsAction(pattern, action) && !except.some((one) => containsAction(one, action));
}

function allowedBy(
  statement: Statement,
  expandAction: Meaning['expandAction'],
): readonly Granted[] {
  const rest = {
    except: [] as readonly string[],
    resources: statement.Resource ?? ['*'],
    regions: regionsOf(statement),
  };
  const { Action, NotAction } = statement;
  if (Action === undefined) {
    const except = NotAction ?? [];
    const unclear = `NotAction allows every action but ${except.join(', ')}`;
    return [{ ...rest, action: '*', except, unclear }];
  }
  return Action.flatMap((pattern): readonly Granted[] => {
    // Which services there are is known even less.
    const isOfOneService = /^[^*?:]+:/.test(pattern);
    const actions = isOfOneService ? expandAction(pattern) : null;
    if (actions !== null && actions.length > 0) {
      return actions.map((action) => ({ ...rest, action, unclear: null }));
    }
    const unclear = isOfOneService ? unclearAs(actions) : 'it names no service';
    return [{ ...rest, action: pattern, unclear }];
  });
}

function unclearAs(actions: readonly string[] | null): string {
  return actions === null
    ? 'the actions of the service are not known here'
    : 'no action of this name is known here';
}

function joined(one: Granted, other: Granted): Granted {
  const { regions } = one;
  return {
    ...one,
    resources: [...new Set([...one.resources, ...other.resources])],
    regions:
      regions === null || other.regions === null
        ? null
        : [...new Set([...regions, ...other.regions])],
  };
}

/** A condition, or a list of resources, leaves a part of the permission that the Allow statements give. */
function isDenied({ action, except }: Granted, statements: readonly Statement[]): boolean {
  return statements.some(({ Effect, Action, NotAction, Resource, Condition }) => {
    if (Effect !== 'Deny' || Resource?.includes('*') !== true) return false;
    if (Object.keys(Condition ?? {}).length > 0) return false;
    if (Action !== undefined) return Action.some((pattern) => containsAction(pattern, action));
    // What is left is what neither statement excepts.
    return (NotAction ?? []).every(
      (pattern) =>
        !actionsOverlap(pattern, action) || except.some((one) => containsAction(one, pattern)),
    );
  });
}

/** Regions that a condition, or else every resource names; null where calls may be made anywhere. */
function regionsOf({ Resource, Condition }: Statement): readonly string[] | null {
  const requested = requestedRegions(Condition);
  if (requested !== null) return requested;
  const named = (Resource ?? ['*']).map((resource) => resource.split(':')[3] ?? '');
  return named.every((region) => /^[a-z]+(?:-[a-z]+)+-\d+$/.test(region))
    ? [...new Set(named)]
    : null;
}

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html aws:RequestedRegion */
function requestedRegions(condition: ConditionBlock | undefined): readonly string[] | null {
  const keys = Object.entries(condition?.['StringEquals'] ?? {});
  const [, values] = keys.find(([key]) => key.toLowerCase() === 'aws:requestedregion') ?? [];
  const regions = [values ?? []].flat();
  return regions.length > 0 && regions.every((region) => /^[a-z0-9-]+$/.test(region))
    ? regions
    : null;
}
