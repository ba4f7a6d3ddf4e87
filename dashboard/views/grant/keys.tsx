import Alert from '@cloudscape-design/components/alert';
import StatusIndicator, {
  type StatusIndicatorProps,
} from '@cloudscape-design/components/status-indicator';
import { useNow } from '../../api/clock.ts';
import type { Grant, GrantEvent } from '../../api/types.ts';
import { Panel } from '../../grant/panel.tsx';
import { Countdown, Time } from '../../parts/time.tsx';
import { type KeysState, keysState } from './keys-state.ts';

const TYPES: Readonly<Record<KeysState['kind'], StatusIndicatorProps.Type>> = {
  none: 'stopped',
  live: 'success',
  dying: 'in-progress',
  failing: 'error',
  dead: 'stopped',
  outlived: 'error',
};

const WORDS: Readonly<Record<KeysState['kind'], string>> = {
  none: 'None',
  live: 'Alive',
  dying: 'Being denied',
  failing: 'Not denied yet',
  dead: 'Dead',
  outlived: 'Outlived the grant',
};

type KeysProps = { readonly grant: Grant; readonly events: readonly GrantEvent[] };

/** Whether the keys of the grant work, said honestly, and loudly where they should not. */
export function Keys({ grant, events }: KeysProps) {
  const now = useNow();
  const { kind, says } = keysState(grant, events, now);
  const { keysValidUntil: until } = grant;
  const loud = kind === 'failing' || kind === 'outlived';
  const mayWork = ['live', 'dying', 'failing'].includes(kind);
  return (
    <Panel title="Keys" aside={<StatusIndicator type={TYPES[kind]}>{WORDS[kind]}</StatusIndicator>}>
      {loud ? (
        <Alert type="error" header="The kill switch failed">
          <span role="alert">{says}</span>
        </Alert>
      ) : (
        <p>{says}</p>
      )}
      {mayWork && until !== null ? (
        <p className="grant-quiet">
          At most until <Time at={until} /> (<Countdown until={until} />
          ).
        </p>
      ) : null}
    </Panel>
  );
}
