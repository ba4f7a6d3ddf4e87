import Alert from '@cloudscape-design/components/alert';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import type { Bundle } from '../../../core/bundle/bundle.ts';
import type { ActionExplained, PolicyExplained } from '../../../core/policy/explain.ts';
import type { ExplainAnswer, Explained } from '../../engine/messages.ts';
import { Outcome, outcomeInWords } from '../../parts/status.tsx';
import { inDuration } from '../../parts/time.tsx';
import { linkTo } from '../../place.ts';
import { JsonText } from './cedar-text.tsx';

type ExplanationProps = { readonly answer: ExplainAnswer; readonly bundle: Bundle };

/** The outcome of a request, and why. */
export function Explanation({ answer, bundle }: ExplanationProps) {
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
          <Action key={action.action} explained={action} about={aboutOf(bundle, entitlement.id)} />
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

/** Whether a policy is about an entitlement, and not about others only. */
function aboutOf({ policies }: Bundle, entitlement: string): (id: string) => boolean {
  return (id) => {
    const resource = policies[id]?.head.resource ?? null;
    return resource === null || resource === `ValetKey::Entitlement::${entitlement}`;
  };
}

type ActionProps = {
  readonly explained: ActionExplained;
  readonly about: (id: string) => boolean;
};

function Action({ explained, about }: ActionProps) {
  const { action, permitted } = explained;
  const policies = explained.policies.filter(({ id }) => about(id));
  const elsewhere = explained.policies.filter(({ id }) => !about(id)).map(({ id }) => id);
  return (
    <section>
      <h3>
        {QUESTIONS[action]} {permitted ? 'Yes' : 'No'}
      </h3>
      {explained.policies.length === 0 ? <p>No policy applies to this action.</p> : null}
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
      {elsewhere.length === 0 ? null : (
        <p className="policy-elsewhere">About other entitlements: {elsewhere.join(', ')}</p>
      )}
    </section>
  );
}
