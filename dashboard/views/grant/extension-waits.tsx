import Alert from '@cloudscape-design/components/alert';
import { useNow } from '../../api/clock.ts';
import type { Grant } from '../../api/types.ts';
import { approvalsInWords, waitingOf } from '../../grant/waiting.ts';
import { Countdown, inDuration } from '../../parts/time.tsx';

/** The requester's extension, which people have not decided yet. */
export function ExtensionWaits({ grant }: { readonly grant: Grant }) {
  const waiting = waitingOf(grant, useNow());
  if (waiting?.kind !== 'extension') return null;
  const { lapsesAt } = waiting.approvals;
  return (
    <Alert type="info" header="Your extension waits for approval">
      {`${inDuration(waiting.durationSeconds)} from the approval on; ${approvalsInWords(waiting.approvals)} so far. The grant runs on as it is meanwhile.`}
      {lapsesAt === null ? null : (
        <>
          {' '}
          Lapses in <Countdown until={lapsesAt} />.
        </>
      )}
    </Alert>
  );
}
