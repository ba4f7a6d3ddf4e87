import { SHORT_HASH } from '../ids.ts';
import { err, ok, type Result } from '../result.ts';
import { type KillSwitch, killSwitchDocument, NOTHING_DENIED } from './deny-policy.ts';

/** Why a text is no policy of ours. `reason` names what was not understood. */
export type NotUnderstood = { readonly code: 'unknown-policy'; readonly reason: string };

/**
 * Reads the text of a kill switch's policy back, of this version or an earlier one. What it understands is only
 * right if the broker would write the very same from it: so nothing in the text can mean anything else.
 */
export function parsePolicy(text: string | null): Result<KillSwitch, NotUnderstood> {
  if (text === null) return ok(NOTHING_DENIED);
  const policy = parsed(text);
  if (!isObject(policy)) return notUnderstood('the text, which is no JSON object');
  const { Statement: statements, ...head } = policy;
  if (!Array.isArray(statements)) return notUnderstood('the list of statements');
  if (JSON.stringify(head) !== HEAD) return notUnderstood('what stands beside the statements');
  let made = NOTHING_DENIED;
  for (const statement of statements) {
    const part = partOf(statement);
    if (part === null) return notUnderstood(nameOf(statement));
    const { patterns, except, principals, cutoff } = part;
    made = {
      patterns: [...made.patterns, ...patterns],
      except: [...made.except, ...except],
      principals: [...made.principals, ...principals],
      cutoff: cutoff ?? made.cutoff,
    };
  }
  // The text itself, because a parser drops the first of two equal keys.
  const same = killSwitchDocument(made) === text.replaceAll(/\s/g, '');
  return same ? ok(made) : notUnderstood('the number or the order of the parts');
}

/** What one statement denies; null unless it is, to the letter, the only statement that denies it. */
function partOf(statement: unknown): KillSwitch | null {
  const part = candidateFor(statement);
  const text = killSwitchDocument(part);
  return text === JSON.stringify(policyOf(statement)) ? part : null;
}

/** What the statement would deny if it were one of ours. */
function candidateFor(statement: unknown): KillSwitch {
  const sid = String(at(statement, 'Sid'));
  const issued = at(statement, 'Condition', 'DateLessThan', 'aws:TokenIssueTime');
  const cutoff = Date.parse(String(issued));
  const time = Number.isNaN(cutoff) ? null : cutoff;
  if (sid === 'IssuedBefore') return { ...NOTHING_DENIED, cutoff: time };
  const hash = sid.replace('IssuedBefore', '');
  if (time !== null && SHORT_HASH.test(hash)) {
    return { ...NOTHING_DENIED, principals: [{ hash, cutoff: time }] };
  }
  const patterns = patternsIn(at(statement, 'Condition', 'StringLike', 'aws:SourceIdentity'));
  const except = patternsIn(at(statement, 'Condition', 'StringNotLike', 'aws:SourceIdentity'));
  return { ...NOTHING_DENIED, patterns, except };
}

/** Ids of grants, or how they begin. */
const IDENTITIES = /^\*\.(gr_[0-9a-hjkmnp-tv-z]{0,20})\*?$/;

function patternsIn(values: unknown): readonly string[] {
  const all: readonly unknown[] = Array.isArray(values) ? values : [];
  return all.flatMap((value) => IDENTITIES.exec(String(value))?.[1] ?? []);
}

const VERSION = { Version: '2012-10-17' };
const HEAD = JSON.stringify(VERSION);

function policyOf(statement: unknown): object {
  return { ...VERSION, Statement: [statement] };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, key) => (isObject(inner) ? inner[key] : undefined), value);
}

/** Whoever may write the policy chose the name. */
function nameOf(statement: unknown): string {
  const sid = at(statement, 'Sid');
  if (typeof sid !== 'string') return 'a statement without a Sid';
  return `the statement ${sid.replaceAll(/[^0-9A-Za-z]/g, '').slice(0, 40)}`;
}

function notUnderstood(what: string): Result<never, NotUnderstood> {
  return err({ code: 'unknown-policy', reason: `the broker never writes this: ${what}` });
}
