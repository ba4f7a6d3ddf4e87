import type { GrantEvent } from '../../api/types.ts';
import { Quote } from '../../grant/asked.tsx';
import { Facts } from '../../grant/panel.tsx';
import { Time, timeOfDay } from '../../parts/time.tsx';
import { sessionOf } from './event-fields.ts';
import { actorInWords, type EventWords, eventInWords } from './event-in-words.ts';
import { Proof } from './proof.tsx';

type EventProps = { readonly grant: string; readonly event: GrantEvent };

const SIGNS: Readonly<Record<EventWords['tone'], string>> = {
  good: '✓',
  bad: '✕',
  alarm: '!',
  plain: '',
};

/** One event: what, when and who; the rest on demand. */
export function TimelineEvent({ grant, event }: EventProps) {
  const { says, quote, tone } = eventInWords(event);
  const session = sessionOf(event);
  return (
    <li className={`grant-view-event grant-view-event-${tone}`}>
      <span className="grant-view-sign" aria-hidden="true">
        {SIGNS[tone]}
      </span>
      <div>
        <p className="grant-view-says">{says}</p>
        <p className="grant-quiet">
          <Time at={event.at} />
          {event.sourceIp === null ? '' : ` from ${event.sourceIp}`}
        </p>
        {quote === null ? null : <Quote text={quote} />}
        <details>
          <summary aria-label={`Details of ${event.type} at ${timeOfDay(event.at)}`}>
            Details
          </summary>
          <Facts
            of={[
              ['Event', <code key="type">{event.type}</code>],
              ['To the second', timeOfDay(event.at)],
              ['By', actorInWords(event)],
              [
                'Actor id',
                event.actor === 'broker' ? null : <code key="by">{event.actor.id}</code>,
              ],
              ['Status after it', event.status],
              ['Session', session && <code key="session">{session.sessionName}</code>],
              ['Source identity', session && <code key="source">{session.sourceIdentity}</code>],
              ['Role', session && <code key="role">{session.roleArn}</code>],
              ['Event id', <code key="id">{event.id}</code>],
              ['Request id', <code key="request">{event.requestId}</code>],
              ['Trace', event.traceId ? <code key="trace">{event.traceId}</code> : null],
            ]}
          />
          <Proof grant={grant} event={event} />
        </details>
      </div>
    </li>
  );
}
