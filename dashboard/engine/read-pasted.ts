import { type CaseQuestion, questionFile } from '../../core/policy/cases-file.ts';
import { type PastDecision, readPastDecision } from '../../core/policy/past-decision.ts';
import { readQuestions } from '../../core/policy/read-cases.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Asker } from './messages.ts';

/** What people paste to have it explained: a request's body, a recorded decision, its inputs, or a case. */

export type Pasted =
  | { readonly kind: 'question'; readonly question: CaseQuestion }
  | { readonly kind: 'past'; readonly past: PastDecision; readonly recorded: boolean };

type Fields = Readonly<Record<string, unknown>>;

/** @returns the question, or what is wrong, a sentence each. */
export function readPasted(
  text: string,
  asker: Asker,
  now: string,
): Result<Pasted, readonly string[]> {
  const value = json(text);
  if (value === null) return caseIn(text);
  if (Array.isArray(value['decisions'])) return pastFrom(value['decisions'][0] ?? {}, true);
  if (isObject(value['inputs'])) return pastFrom(value, true);
  if (isObject(value['principal']) && isObject(value['facts'])) return inputsIn(value, now);
  if (isObject(value['request'])) return caseIn(text);
  return requestIn(value, asker, now);
}

/** The inputs of a decision alone, with the entitlement that they are about. */
function inputsIn(inputs: Fields, now: string): Result<Pasted, readonly string[]> {
  const { entitlement, scope = null } = inputs;
  if (typeof entitlement !== 'string') return err([NO_ENTITLEMENT]);
  const decision = { outcome: 'deny', policies: [] };
  return pastFrom({ grantId: '', at: now, entitlement, scope, decision, inputs }, false);
}

const NO_ENTITLEMENT =
  'the inputs do not say what was asked for: add "entitlement", or paste the whole decision';

function pastFrom(value: unknown, recorded: boolean): Result<Pasted, readonly string[]> {
  const read = readPastDecision(JSON.stringify(value));
  return read.ok ? ok({ kind: 'past', past: read.value, recorded }) : err([read.error]);
}

function caseIn(text: string): Result<Pasted, readonly string[]> {
  const read = readQuestions('the text', text);
  if (!read.ok) {
    return err(read.error.map(({ line, message }) => `line ${line}: ${message}`));
  }
  const [first] = read.value;
  if (first === undefined) return err(['the text has no case']);
  return ok({ kind: 'question', question: first.value });
}

function requestIn(request: Fields, asker: Asker, now: string): Result<Pasted, readonly string[]> {
  const { issuer, subject, groups, mfa, sourceIp } = asker;
  const read = questionFile.safeParse({
    name: 'the request',
    principal: { issuer, subject, groups },
    request,
    context: { mfa, sourceIp, now },
  });
  if (read.success) return ok({ kind: 'question', question: read.data });
  return err(
    read.error.issues.map(
      ({ path, message }) =>
        `${path
          .map(String)
          .join('.')
          .replace(/^request\./, '')}: ${message}`,
    ),
  );
}

function json(text: string): Fields | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
