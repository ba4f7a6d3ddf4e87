import Alert from '@cloudscape-design/components/alert';
import { Problem } from '../../api/problem.ts';
import { linkToGrant } from '../../navigation.ts';
import { Failed } from '../../parts/failed.tsx';
import type { Change } from './advice.ts';
import { AdviceList } from './advice-list.tsx';
import { Why } from './answer.tsx';

type RefusedProps = {
  readonly error: unknown;
  readonly retry: () => void;
  readonly onChange: (change: Change) => void;
};

/** A request that did not go through: the decision where policy said no, or else what to do. */
export function Refused({ error, retry, onChange }: RefusedProps) {
  if (!(error instanceof Problem) || error.document.decision === undefined) {
    const isAboutFields = error instanceof Problem && error.status < 429;
    return <Failed error={error} {...(!isAboutFields && { retry })} />;
  }
  const { decision, detail, grantId } = error.document;
  return (
    <Alert type="error" header="Denied">
      <div className="request-answer">
        <p role="alert">{detail}</p>
        <Why decision={decision} />
        <AdviceList advice={decision.advice} onChange={onChange} />
        {grantId === undefined ? null : (
          <p>
            <a href={linkToGrant(grantId)}>See the record of this request</a>
          </p>
        )}
      </div>
    </Alert>
  );
}
