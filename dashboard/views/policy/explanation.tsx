import Alert from '@cloudscape-design/components/alert';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import type { ActionExplained, PolicyExplained } from '../../../core/policy/explain.ts';
import type { ExplainAnswer, Explained } from '../../engine/messages.ts';
import { linkTo } from '../../navigation.ts';
import { Outcome, outcomeInWords } from '../../parts/status.tsx';
import { inDuration } from '../../parts/time.tsx';
import { JsonText } from './cedar-text.tsx';

/** The outcome of a request, and why. */
export function Explanation({ answer }: { readonly answer: ExplainAnswer }) {
  if (answer.kind === 'mistakes') {
    return (
      <Alert type="error" header="The request cannot be decided">
        <ul className="policy-plain">
          {answer.mistakes.map((mistake) => (
            <li key={mistake}>{mistake}</li>
          ))}
        </ul>
      </Alert>
    );
  }
  const { explained } = answer;
  const { decision, who, entitlement, durationSeconds, actions, sessionPolicy } = explained;
  return (
    <Container header={<Header variant="h2">Outcome</Header>}>
      <div className="policy-outcome">
        <p className="policy-verdict">
          <Outcome of={decision.outcome} />
        </p>
        <p>
          {who.name} ({who.id}) asks for {entitlement.title} ({entitlement.id}) for{' '}
          {inDuration(durationSeconds)}. Groups: {who.groups.join(', ') || 'none'}.
        </p>
        <Recorded explained={explained} />
        {decision.advice.length === 0 ? null : (
          <section>
            <h3>Advice</h3>
            <ul>
              {decision.advice.map((advice) => (
                <li key={advice}>{advice}</li>
              ))}
            </ul>
          </section>
        )}
        {actions.map((action) => (
          <Action key={action.action} explained={action} />
        ))}
        <section>
          <h3>Session policy</h3>
          {sessionPolicy === null ? (
            <p>None, because nothing would be granted.</p>
          ) : (
            <JsonText value={sessionPolicy} />
          )}
        </section>
      </div>
    </Container>
  );
}

function Recorded({ explained: { recorded, decision } }: { readonly explained: Explained }) {
  if (recorded === null) return null;
  return (
    <p>
      {recorded === decision.outcome
        ? 'The recorded decision has the same outcome.'
        : `The recorded decision was another: ${outcomeInWords(recorded)}.`}
    </p>
  );
}

const QUESTIONS = { request: 'May this be requested?', autoApprove: 'Without an approval?' };

const STATUSES: Readonly<Record<PolicyExplained['status'], string>> = {
  decides: 'decides',
  overruled: 'applies, but is overruled',
  'does-not-apply': 'does not apply',
};

function Action({ explained }: { readonly explained: ActionExplained }) {
  const { action, permitted, policies } = explained;
  return (
    <section>
      <h3>
        {QUESTIONS[action]} {permitted ? 'Yes' : 'No'}
      </h3>
      {policies.length === 0 ? <p>No policy applies to this action.</p> : null}
      <ul className="policy-reasons">
        {policies.map(({ id, effect, status, why }) => (
          <li key={id} className={`policy-${status}`}>
            <a href={linkTo('policy', { tab: 'policies', find: id })}>{id}</a> ({effect}){' '}
            {STATUSES[status]}
            {why.map((reason) => (
              <code key={reason}>{reason}</code>
            ))}
          </li>
        ))}
      </ul>
    </section>
  );
}
