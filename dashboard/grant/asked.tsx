import type { Grant } from '../api/types.ts';
import { inDuration, Time } from '../parts/time.tsx';
import { Facts, Panel } from './panel.tsx';
import type { Waiting } from './waiting.ts';

/** Who asked for what, for how long, and why. */
export function Asked({
  grant,
  waiting,
}: {
  readonly grant: Grant;
  readonly waiting: Waiting | null;
}) {
  const { requester, parameters, scope, ticket, startsAt, expiresAt, entitlement } = grant;
  const named = Object.entries(parameters);
  return (
    <Panel title="What was asked for">
      <Facts
        of={[
          ['For', <Who key="who" name={requester.name} id={requester.id} />],
          ['Entitlement', <code key="entitlement">{entitlement}</code>],
          ...named.map(([name, value]) => [name, <code key={name}>{value}</code>] as const),
          ['Duration', durationOf(grant, waiting)],
          ['From', startsAt === null ? 'When it is approved' : <Time key="from" at={startsAt} />],
          ['Until', expiresAt === null ? null : <Time key="until" at={expiresAt} />],
          ['Asked', <Time key="asked" at={waiting?.askedAt ?? grant.createdAt} />],
          ['Ticket', ticket],
          ...scopeOf(scope),
        ]}
      />
      <Why grant={grant} waiting={waiting} />
    </Panel>
  );
}

function durationOf({ durationSeconds }: Grant, waiting: Waiting | null): string {
  return waiting?.kind === 'extension'
    ? `${inDuration(waiting.durationSeconds)} more, counted from the approval`
    : inDuration(durationSeconds);
}

function scopeOf(scope: Grant['scope']) {
  const list = (values: readonly string[] | undefined) =>
    values === undefined ? null : (
      <ul className="grant-list">
        {values.map((value) => (
          <li key={value}>
            <code>{value}</code>
          </li>
        ))}
      </ul>
    );
  return [
    ['Only these actions', list(scope?.actions)],
    ['Only these resources', list(scope?.resources)],
  ] as const;
}

function Why({ grant, waiting }: { readonly grant: Grant; readonly waiting: Waiting | null }) {
  const extension = waiting?.kind === 'extension' ? waiting.justification : null;
  return (
    <>
      {extension === null ? null : (
        <>
          <h3>Why longer</h3>
          <Quote text={extension} />
        </>
      )}
      <h3>{extension === null ? 'Why' : 'Why at first'}</h3>
      {grant.justification === '' ? (
        <p className="grant-quiet">No reason was given.</p>
      ) : (
        <Quote text={grant.justification} />
      )}
    </>
  );
}

/** What a person wrote. */
export function Quote({ text }: { readonly text: string }) {
  return <blockquote className="grant-quote">{text}</blockquote>;
}

/** A name, which is for display alone, with the id that it stands for. */
export function Who({ name, id }: { readonly name: string; readonly id: string }) {
  return (
    <>
      <span>{name}</span>
      {name === id ? null : <span className="grant-id">{id}</span>}
    </>
  );
}
