import Container from '@cloudscape-design/components/container';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import Header from '@cloudscape-design/components/header';
import { inWords, NoAnswer, Problem } from '../../api/problem.ts';
import type { Decision, Entitlement } from '../../api/types.ts';
import { Command } from '../../parts/command.tsx';
import { Outcome } from '../../parts/status.tsx';
import { Time } from '../../parts/time.tsx';
import type { Change } from './advice.ts';
import { AdviceList } from './advice-list.tsx';
import { commandLine } from './command-line.ts';
import type { Checked } from './form.ts';
import { PolicyText } from './policy-text.tsx';
import type { Evaluated } from './use-evaluation.ts';

type AnswerProps = {
  readonly entitlement: Entitlement | undefined;
  readonly checked: Checked;
  readonly evaluated: Evaluated;
  /** What policy decided when the form was sent as it is; null where it was not refused. */
  readonly refused: Decision | null;
  readonly onChange: (change: Change) => void;
};

/** What policy says of the request as it is typed now. */
export function Answer({ entitlement, checked, evaluated, refused, onChange }: AnswerProps) {
  const { answer, error, asking } = evaluated;
  const decision = answer?.decision ?? refused;
  return (
    <Container header={<Header variant="h2">What you would get</Header>}>
      <div className="request-answer" aria-busy={asking}>
        <div className="request-outcome" role="status">
          <Headline
            entitlement={entitlement}
            isWhole={checked.ok}
            decision={decision}
            evaluated={evaluated}
          />
        </div>
        {error === null || (asking && !isPassing(error)) ? null : (
          <p className="request-hint">{explain(error)}</p>
        )}
        {decision === null ? null : (
          <>
            <Why decision={decision} />
            <AdviceList advice={decision.advice} onChange={onChange} />
          </>
        )}
        {answer === null ? null : (
          <>
            {answer.expiresAt === null ? null : (
              <p>
                It would end at <Time at={answer.expiresAt} />.
              </p>
            )}
            {answer.sessionPolicy === null ? null : (
              <ExpandableSection headerText="The exact session policy">
                <PolicyText policy={answer.sessionPolicy} />
              </ExpandableSection>
            )}
          </>
        )}
        {checked.ok ? (
          <div>
            <h3>The same by command</h3>
            <Command text={commandLine(checked.body)} />
          </div>
        ) : null}
      </div>
    </Container>
  );
}

type HeadlineProps = Pick<AnswerProps, 'entitlement' | 'evaluated'> & {
  readonly isWhole: boolean;
  readonly decision: Decision | null;
};

function Headline({ entitlement, isWhole, decision, evaluated }: HeadlineProps) {
  const { asking, error } = evaluated;
  if (entitlement === undefined) {
    return <p>Choose an entitlement. Policy then says here what would come of your request.</p>;
  }
  if (!isWhole) {
    return (
      <>
        <p>
          As a rule: <Outcome of={entitlement.outcome} />
        </p>
        <p className="request-hint">The exact answer comes once the form is filled in.</p>
      </>
    );
  }
  if (decision !== null) {
    const { outcome } = decision;
    return (
      <div className={`request-outcome-band request-${outcome}`}>
        <strong>
          <Outcome of={outcome} />
        </strong>
        <p>{asking ? 'Checking again…' : MEANING[outcome]}</p>
      </div>
    );
  }
  return (
    <p className="request-hint">{error === null || asking ? 'Checking…' : 'Not known yet.'}</p>
  );
}

const MEANING: Readonly<Record<Decision['outcome'], string>> = {
  allow: 'You get it as soon as you ask.',
  approve: 'Somebody else has to agree first. They are told when you ask.',
  deny: 'Policy does not let you have this. A request is refused, and leaves a record.',
};

function Why({ decision }: { readonly decision: Decision }) {
  const { outcome, policies } = decision;
  return (
    <div>
      <h3>Why</h3>
      {policies.length === 0 ? (
        <p>
          {outcome === 'deny'
            ? 'No policy permits it.'
            : 'No policy lets it through without a person.'}
        </p>
      ) : (
        <p>
          Decided by{' '}
          {policies.map((policy, index) => (
            <span key={policy}>
              {index > 0 ? ', ' : ''}
              <code className="request-policy-id">{policy}</code>
            </span>
          ))}
        </p>
      )}
    </div>
  );
}

/** Whether the page asks again by itself. */
function isPassing(error: unknown): boolean {
  return error instanceof NoAnswer || (error instanceof Problem && error.status === 429);
}

/** What is wrong with a field is said at the field. */
function explain(error: unknown): string {
  if (error instanceof Problem && error.status === 429)
    return 'You asked very often. The page asks again in a moment by itself.';
  if (error instanceof Problem && (error.document.errors ?? []).length > 0)
    return 'Something in the form is not right yet: see the fields.';
  if (error instanceof NoAnswer)
    return 'The broker cannot be reached. Check your connection; the page asks again by itself.';
  return inWords(error);
}
