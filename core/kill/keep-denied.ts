/**
 * A kill switch during a quarantine: it only grows. The rows of a table that was restored may lack what the policy denies,
 * so whatever stands in the policy stays, beside what the rows demand.
 */

type Statement = {
  readonly Sid?: string;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
};

const KEPT = 'Kept';
const IDENTITY = 'aws:SourceIdentity';
const ISSUED = 'aws:TokenIssueTime';

/**
 * The document with everything that the standing one denies. Doing it again changes nothing.
 *
 * @throws SyntaxError where the standing policy is not JSON
 */
export function keepingDenied(standing: string | null, made: string | null): string | null {
  const wanted = statementsOf(made);
  const kept = statementsOf(standing).filter((one) => !wanted.some((other) => implies(other, one)));
  const ids = kept.flatMap((one) => identitiesIn(one) ?? []);
  const covered = coverOf(wanted);
  const left = [...new Set(ids)].filter((id) => !covered(id)).toSorted();
  const others = kept
    .filter((one) => identitiesIn(one) === null)
    .map((one, index) => ({ ...one, Sid: `${KEPT}${index + 1}` }));
  const Statement = [...wanted, ...(left.length > 0 ? [keptIds(left)] : []), ...others];
  return Statement.length === 0 ? null : JSON.stringify({ Version: '2012-10-17', Statement });
}

/** Whether the policy denies everything that the document does, and more: from before, or from elsewhere. */
export function isKeptIn(policy: string | null, document: string | null): boolean {
  return keepingDenied(policy, document) === policy;
}

function statementsOf(document: string | null): readonly Statement[] {
  if (document === null) return [];
  const { Statement = [] } = JSON.parse(document) as {
    readonly Statement?: Statement | readonly Statement[];
  };
  return [Statement].flat();
}

/** Whether it denies all that the other one does: it is the same, or of the same sessions those issued until later. */
function implies(one: Statement, other: Statement): boolean {
  if (isSame(one, other)) return true;
  const [mine, theirs] = [one, other].map(issuedBefore);
  if (mine === undefined || theirs === undefined || mine < theirs) return false;
  return isSame(one, {
    ...other,
    Condition: { ...other.Condition, DateLessThan: { [ISSUED]: mine } },
  });
}

function issuedBefore({ Condition }: Statement): string | undefined {
  const before = Condition?.['DateLessThan']?.[ISSUED];
  return typeof before === 'string' ? before : undefined;
}

/** The same but for its name. */
function isSame({ Sid: _, ...one }: Statement, { Sid: __, ...other }: Statement): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** What a statement of our own denies by identity alone; null for any other. */
function identitiesIn(statement: Statement): readonly string[] | null {
  const values = statement.Condition?.['StringLike']?.[IDENTITY];
  if (!Array.isArray(values) || !values.every((value) => typeof value === 'string')) return null;
  return isSame(statement, keptIds(values)) ? values : null;
}

function keptIds(values: readonly string[]): Statement {
  const { Effect, Action, Resource } = DENY_ALL;
  return {
    Sid: KEPT,
    Effect,
    Action,
    Resource,
    Condition: { StringLike: { [IDENTITY]: values } },
  } as Statement;
}

const DENY_ALL = { Effect: 'Deny', Action: '*', Resource: '*' };

/** Whether the statements deny an identity, or all that begin like it. */
function coverOf(statements: readonly Statement[]): (identity: string) => boolean {
  const patterns = new Set(statements.flatMap((one) => identitiesIn(one) ?? []));
  const beginnings = [...patterns]
    .filter((one) => one.endsWith('*'))
    .map((one) => one.slice(0, -1));
  return (id) => patterns.has(id) || beginnings.some((one) => id.startsWith(one));
}
