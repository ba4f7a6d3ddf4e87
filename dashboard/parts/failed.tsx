import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import { inWords, NoAnswer, Problem, SessionEnded } from '../api/problem.ts';
import { signOut } from '../sign-in/session.ts';

type FailedProps = { readonly error: unknown; readonly retry?: () => void };

/** What could not be read or done, and what the person can do. */
export function Failed({ error, retry }: FailedProps) {
  const ended = error instanceof SessionEnded || (error instanceof Problem && error.status === 401);
  const action = ended ? (
    <Button onClick={signOut}>Sign out</Button>
  ) : retry === undefined ? null : (
    <Button onClick={retry}>Try again</Button>
  );
  return (
    <Alert
      type={error instanceof NoAnswer ? 'warning' : 'error'}
      header={titleOf(error)}
      action={action}
    >
      <span role="alert">{inWords(error)}</span>
    </Alert>
  );
}

function titleOf(error: unknown): string {
  if (error instanceof Problem) return error.document.title;
  return error instanceof NoAnswer ? 'No connection' : 'This did not work';
}
