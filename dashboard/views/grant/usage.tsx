import StatusIndicator, {
  type StatusIndicatorProps,
} from '@cloudscape-design/components/status-indicator';
import { now } from '../../api/clock.ts';
import type { Grant, GrantUsage } from '../../api/types.ts';
import { Panel } from '../../grant/panel.tsx';
import { Failed } from '../../parts/failed.tsx';
import { Time } from '../../parts/time.tsx';
import { UsageRead } from './usage-read.tsx';
import { useUsage } from './use-usage.ts';

type State = GrantUsage['state'];

const TYPES: Readonly<Record<State, StatusIndicatorProps.Type>> = {
  read: 'success',
  waiting: 'pending',
  idle: 'stopped',
  off: 'stopped',
  'not-kept': 'warning',
};

const WORDS: Readonly<Record<State, string>> = {
  read: 'Logs read',
  waiting: 'Logs not read yet',
  idle: 'Nothing called',
  off: 'Logs not read',
  'not-kept': 'Unknown',
};

/** What was called under the keys of the grant. */
export function Usage({ grant }: { readonly grant: Grant }) {
  const { data, error, refetch } = useUsage(grant);
  const aside =
    data === undefined ? undefined : (
      <StatusIndicator type={TYPES[data.state]}>{WORDS[data.state]}</StatusIndicator>
    );
  return (
    <Panel title="Usage" aside={aside}>
      {error === null ? null : <Failed error={error} retry={() => void refetch()} />}
      {data === undefined ? (
        error === null && <p className="grant-quiet">Loading what was called…</p>
      ) : data.state === 'read' ? (
        <UsageRead usage={data} />
      ) : (
        <p>
          <Unread usage={data} />
        </p>
      )}
    </Panel>
  );
}

function Unread({ usage: { state, readAfter } }: { readonly usage: GrantUsage }) {
  if (state === 'idle') return 'No keys were vended, so nothing was called.';
  if (state === 'off') {
    return (
      <>
        The deployment does not read CloudTrail logs, or not those of this grant’s accounts.{' '}
        <code>usage</code> in <code>valetkey.yaml</code> says which it reads.
      </>
    );
  }
  if (state === 'not-kept') {
    return 'What was called is not known: it is not kept any more, or the deployment did not read logs yet.';
  }
  if (readAfter === null) {
    return 'The logs of CloudTrail are read after the grant has ended, once they are complete.';
  }
  if (Date.parse(readAfter) > now()) {
    return (
      <>
        The grant has ended. The logs of CloudTrail will be read after <Time at={readAfter} />, once
        they are complete.
      </>
    );
  }
  return (
    <>
      The logs of CloudTrail are due since <Time at={readAfter} />, and were not read yet.
    </>
  );
}
