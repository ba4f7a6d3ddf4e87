import { allowedActions } from '../bundle/allowed-actions.ts';
import { ESCAPE_PATHS, type EscapePath } from '../bundle/escape-paths.ts';
import type { Statement } from '../entitlement.ts';
import { mayPassTo, surelyPassesTo } from './passed-to.ts';

/** A way out of the session, and the statement that allows its first action. */
export type OpenPath = { readonly path: EscapePath; readonly statement: number };

const ACTIONS = [...new Set(ESCAPE_PATHS.flatMap(({ actions }) => actions))];
const PASS_ROLE = 'iam:PassRole';
const ASSUME_ROLE = 'sts:AssumeRole';

/**
 * The ways out of a session that has these statements: those whose actions they allow all.
 *
 * @param chained The roles that the session may go on to, which the kill switch reaches; they are no way out.
 */
export function openPaths(
  statements: readonly Statement[],
  chained: readonly string[] = [],
): readonly OpenPath[] {
  const allowed = statements.map(
    (statement) => new Set(allowedActions(statement, candidates(statement), statements)),
  );
  return ESCAPE_PATHS.flatMap((path): readonly OpenPath[] => {
    const places = path.actions.map((action) =>
      statements.findIndex(
        (statement, index) =>
          allowed[index]?.has(action) === true &&
          serves(path, action, statement, statements) &&
          !(action === ASSUME_ROLE && isWithin(statement, chained)),
      ),
    );
    const [first = -1] = places;
    return places.includes(-1) ? [] : [{ path, statement: first }];
  });
}

function isWithin({ Resource }: Statement, roles: readonly string[]): boolean {
  return Resource?.every((one) => roles.includes(one)) === true;
}

/** The actions of the services that a statement names: most name one or two of some hundred. */
function candidates({ Action }: Statement): readonly string[] {
  const services = new Set(Action?.map(serviceOf));
  if (Action === undefined || [...services].some((service) => /[*?]/.test(service))) return ACTIONS;
  return ACTIONS.filter((action) => services.has(serviceOf(action)));
}

function serviceOf(action: string): string {
  return (action.split(':', 1)[0] ?? '').toLowerCase();
}

/** Whether the condition of a statement leaves an action that it allows of use to a path. */
function serves(
  { passedTo, harmlessIf }: EscapePath,
  action: string,
  statement: Statement,
  all: readonly Statement[],
): boolean {
  if (action === PASS_ROLE) {
    const denies = all.filter(deniesPassing);
    return passedTo.some(
      (service) =>
        mayPassTo(service, statement) && !denies.some((deny) => surelyPassesTo(service, deny)),
    );
  }
  if (harmlessIf === undefined) return true;
  const [key, value] = harmlessIf;
  return !requires(statement, key, value);
}

function deniesPassing(statement: Statement): boolean {
  const { Effect, Resource } = statement;
  if (Effect !== 'Deny' || Resource?.includes('*') !== true) return false;
  return allowedActions({ ...statement, Effect: 'Allow' }, [PASS_ROLE], []).length > 0;
}

/** Whether a statement applies only where a key has a value. */
function requires({ Condition = {} }: Statement, wanted: string, value: string): boolean {
  const keys = Object.entries(Condition).filter(([operator]) => operator === 'Bool');
  return keys
    .flatMap(([, block]) => Object.entries(block))
    .some(
      ([key, given]) =>
        key.toLowerCase() === wanted.toLowerCase() &&
        [given].flat().every((text) => text.toLowerCase() === value),
    );
}
