import type { LocatedPolicy } from '../../core/bundle/policy-file.ts';
import type { Outcome } from '../../core/decision.ts';
import { formatDuration } from '../../core/duration.ts';
import { formatInstant } from '../../core/instant.ts';
import type { CaseQuestion } from '../../core/policy/cases-file.ts';
import type { ActionExplained, Explanation, PolicyExplained } from '../../core/policy/explain.ts';
import { plain, type Style, type Terminal } from '../terminal.ts';
import type { Opened } from './open-bundle.ts';
import { placeOf } from './show-errors.ts';

export const OUTCOME_STYLE: Readonly<Record<Outcome, Style>> = {
  allow: 'green',
  approve: 'yellow',
  deny: 'red',
};

/** Prints a decision, the policies behind it, and the session policy. */
export function showExplanation(
  question: CaseQuestion,
  { assessment, actions }: Explanation,
  policies: readonly LocatedPolicy[],
  opened: Opened,
  out: Terminal,
): void {
  const { print, paint } = out;
  const { decision, entitlement, sessionPolicy, expiresAt } = assessment;
  const { id, groups } = assessment.question.caller.principal;
  const memberOf = groups.length === 0 ? '' : ` (in ${groups.join(', ')})`;
  const lasting = formatDuration(question.request.durationSeconds);
  const verdict = paint(OUTCOME_STYLE[decision.outcome], decision.outcome);
  print(`${verdict}: ${plain(`${id}${memberOf}`)} requests ${entitlement.id} for ${lasting}`);
  for (const action of actions) showAction(action, entitlement.id, policies, opened, out);
  if (decision.advice.length > 0) {
    print(`\n${paint('bold', 'Advice')}`);
    for (const advice of decision.advice) print(`  ${plain(advice)}`);
  }
  if (decision.outcome === 'deny') return;
  print(
    `\n${paint('bold', 'Session policy')} (until ${formatInstant(expiresAt)} if it starts now)`,
  );
  print(JSON.stringify(JSON.parse(sessionPolicy), null, 2));
}

/** Prints an action and its policies; those about other entitlements share a line. */
function showAction(
  { action, permitted, policies: explained }: ActionExplained,
  entitlement: string,
  policies: readonly LocatedPolicy[],
  opened: Opened,
  { print, paint }: Terminal,
): void {
  print('');
  print(`${paint('bold', action)}: ${permitted ? 'permitted' : 'not permitted'}`);
  if (explained.length === 0) print('  no policy applies to this action');
  const elsewhere: string[] = [];
  for (const explanation of explained) {
    const { id, effect, why } = explanation;
    const policy = policies.find((located) => located.id === id);
    const resource = policy?.head.resource ?? null;
    if (resource !== null && resource !== `ValetKey::Entitlement::${entitlement}`) {
      elsewhere.push(id);
      continue;
    }
    const where = policy === undefined ? '' : placeOf({ ...policy, message: '' }, opened);
    print(`  ${mark(explanation, paint)} ${id} ${paint('dim', `(${effect}, ${where})`)}`);
    for (const reason of why) print(`      ${plain(reason)}`);
  }
  if (elsewhere.length === 0) return;
  print(paint('dim', `  · about other entitlements: ${elsewhere.join(', ')}`));
}

function mark({ status, effect }: PolicyExplained, paint: Terminal['paint']): string {
  switch (status) {
    case 'decides':
      return effect === 'permit' ? paint('green', '✓ decides:') : paint('red', '✗ decides:');
    case 'overruled':
      return paint('yellow', '~ applies, but is overruled:');
    case 'does-not-apply':
      return paint('dim', '· does not apply:');
  }
}

export function explanationJson(
  question: CaseQuestion,
  { assessment, actions }: Explanation,
): object {
  const { decision, expiresAt, sessionPolicy } = assessment;
  const granted = decision.outcome !== 'deny';
  const { principal } = assessment.question.caller;
  return {
    decision,
    principal,
    request: question.request,
    actions,
    sessionPolicy: granted ? JSON.parse(sessionPolicy) : null,
    expiresAt: granted ? formatInstant(expiresAt) : null,
  };
}
