import type { Grant, GrantEvent } from '../../api/types.ts';
import { Panel } from '../../grant/panel.tsx';
import { inDuration, Time } from '../../parts/time.tsx';
import { sessionOf } from './event-fields.ts';

type SessionsProps = { readonly grant: Grant; readonly events: readonly GrantEvent[] };

/** Each set of keys that was handed out, as CloudTrail names it. */
export function Sessions({ grant, events }: SessionsProps) {
  const vended = events.filter(({ type }) => type === 'vended').toReversed();
  if (vended.length === 0) return null;
  return (
    <Panel title="Sessions" aside={`${vended.length} of ${grant.requester.name}`}>
      <ul className="grant-view-sessions">
        {vended.map((event) => {
          const session = sessionOf(event);
          return (
            <li key={event.id}>
              <code>{session?.sessionName}</code>
              <span className="grant-quiet">
                <Time at={event.at} />, {inDuration(session?.durationSeconds ?? 0)}
                {event.sourceIp === null ? '' : `, from ${event.sourceIp}`}
              </span>
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}
