import Alert from '@cloudscape-design/components/alert';
import { Problem } from '../../api/problem.ts';
import type { Decision } from '../../api/types.ts';
import { Failed } from '../../parts/failed.tsx';
import { linkToGrant } from '../../place.ts';

type RefusedProps = { readonly error: unknown; readonly retry: () => void };

/** A request that did not go through, and what to do. Where policy said no, the answer beside the form has the reasons. */
export function Refused({ error, retry }: RefusedProps) {
  if (!(error instanceof Problem) || decisionIn(error) === null) {
    const isAboutFields = error instanceof Problem && error.status < 429;
    return <Failed error={error} {...(!isAboutFields && { retry })} />;
  }
  const { detail, grantId } = error.document;
  return (
    <Alert type="error" header="Your request was refused">
      <p className="request-refused" role="alert">
        {detail}
      </p>
      {grantId === undefined ? null : (
        <a href={linkToGrant(grantId)}>See the record of this request</a>
      )}
    </Alert>
  );
}

/** What policy decided of a request that it refused. */
export function decisionIn(error: unknown): Decision | null {
  return error instanceof Problem ? (error.document.decision ?? null) : null;
}
