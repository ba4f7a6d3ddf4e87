import { SELDOM_MS, useRead } from '../api/queries.ts';
import type { EventPage, Grant } from '../api/types.ts';
import { Panel } from './panel.tsx';
import { signalsInWords } from './signals.ts';

/** The requester's past, and what was unusual about the request, as policy saw them. */
export function History({ grant }: { readonly grant: Grant }) {
  const path = `/v1/grants/${encodeURIComponent(grant.id)}/events?limit=1`;
  const { data } = useRead<EventPage>(path, SELDOM_MS);
  const [first] = data?.events ?? [];
  const signals = first?.grantId === grant.id ? signalsInWords(first) : [];
  const history = grant.details?.history;
  if (history === undefined) return null;
  const { firstUse, recentDenials } = history;
  return (
    <Panel title="The requester’s past">
      <ul className="grant-points">
        <li>{firstUse ? 'Never had this access before.' : 'Has had this access before.'}</li>
        <li>
          {recentDenials === 0
            ? 'Was not denied anything within the day before.'
            : `Was denied ${recentDenials === 1 ? 'once' : `${recentDenials} times`} within the day before.`}
        </li>
        {signals.map((signal) => (
          <li key={signal} className="grant-unusual">
            <strong>Unusual:</strong> {signal}
          </li>
        ))}
      </ul>
    </Panel>
  );
}
