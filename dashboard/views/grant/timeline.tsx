import type { Grant, GrantEvent } from '../../api/types.ts';
import { Panel } from '../../grant/panel.tsx';
import { TimelineEvent } from './timeline-event.tsx';

type TimelineProps = { readonly grant: Grant; readonly events: readonly GrantEvent[] | undefined };

/** What happened to the grant, newest first. */
export function Timeline({ grant, events }: TimelineProps) {
  const count = events?.length ?? 0;
  return (
    <Panel
      title="What happened"
      aside={count === 0 ? undefined : `${count} ${count === 1 ? 'event' : 'events'}, newest first`}
    >
      {events === undefined ? (
        <p className="grant-quiet grant-view-waits">Loading the events…</p>
      ) : (
        <ol className="grant-view-timeline" reversed>
          {events.toReversed().map((event) => (
            <TimelineEvent key={event.id} grant={grant.id} event={event} />
          ))}
        </ol>
      )}
      <p className="grant-quiet">
        Each event is a line of a log that nobody can rewrite. Check a proof of it without trusting
        this page: <code>valetkey audit verify --from FILE</code> (docs/audit.md).
      </p>
    </Panel>
  );
}
