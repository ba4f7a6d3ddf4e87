import Alert from '@cloudscape-design/components/alert';
import type { GrantUsage } from '../../api/types.ts';
import { counted } from '../../parts/counted.ts';
import { Time } from '../../parts/time.tsx';
import { callsInWords } from '../../usage/in-words.ts';

type Made = NonNullable<GrantUsage['calls']>;

/** What the unreadable part of the logs held is unknown. */
export function Unreadable({ count }: { readonly count: number }) {
  if (count === 0) return null;
  return (
    <Alert type="warning" header="Not all of the logs could be read">
      {counted(count, 'record or file', 'records and files')} could not be read: what they hold is
      unknown.
    </Alert>
  );
}

/** Calls after the end must be refused ones: any other is said loudly. */
export function AfterEnd({ of }: { readonly of: Made['afterEnd'] }) {
  const { calls, refused, last } = of;
  if (calls === 0) return null;
  const when = (
    <>
      , the last <Time at={last} />
    </>
  );
  if (calls === refused) {
    return (
      <p>
        After the grant had ended, {counted(calls, 'call')} came{when}: AWS refused every one.
      </p>
    );
  }
  return (
    <Alert type="error" header="The keys were used after the grant had ended">
      <span role="alert">
        {callsInWords(of)}
        {when}. AWS should have refused every one. Tell the security team.
      </span>
    </Alert>
  );
}
