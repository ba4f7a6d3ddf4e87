import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import { useState } from 'react';
import type { ReplayedChange } from '../../engine/messages.ts';
import { Outcome, outcomeInWords } from '../../parts/status.tsx';
import { Time } from '../../parts/time.tsx';
import { linkToGrant } from '../../place.ts';
import { type Kind, kindOf, type Progress } from './replay-pages.ts';

const number = new Intl.NumberFormat();
const AT_ONCE = 50;

const KINDS: readonly (readonly [Kind, string])[] = [
  ['allowed', 'Newly allowed'],
  ['approval', 'Needs approval now'],
  ['denied', 'Newly denied'],
];

type Props = { readonly progress: Progress; readonly running: boolean };

/** The decisions that another bundle would change: how many of each kind, and each with its grant. */
export function ReplayChanges({ progress, running }: Props) {
  const { replayed, changes, guessed } = progress;
  const [shown, setShown] = useState(AT_ONCE);
  return (
    <Container
      header={
        <Header variant="h2" counter={`(${number.format(changes.length)})`}>
          Changed outcomes
        </Header>
      }
    >
      <div className="policy-form policy-changes">
        <p role="status" className="policy-status">
          {running ? 'Replaying: ' : ''}
          {number.format(replayed)} {replayed === 1 ? 'decision' : 'decisions'} replayed,{' '}
          {number.format(changes.length)} would change.
          {progress.done || running ? '' : ' Stopped before all were replayed.'}
        </p>
        <ul className="policy-counts">
          {KINDS.map(([kind, words]) => (
            <li key={kind}>
              <strong>{number.format(changes.filter((one) => kindOf(one) === kind).length)}</strong>
              <span>{words}</span>
            </li>
          ))}
        </ul>
        {guessed === 0 ? null : (
          <p>
            For {number.format(guessed)} of them the bundle asks for a history or signals that were
            not recorded: they are replayed as a first use without denials.
          </p>
        )}
        {changes.length === 0 ? <Nothing running={running} replayed={replayed} /> : null}
        {changes.length === 0 ? null : <Changes changes={changes.slice(0, shown)} />}
        {changes.length <= shown ? null : (
          <Button onClick={() => setShown(shown + AT_ONCE)}>Show more</Button>
        )}
      </div>
    </Container>
  );
}

function Nothing({ running, replayed }: { readonly running: boolean; readonly replayed: number }) {
  if (running) return null;
  return (
    <p className="empty">
      {replayed === 0
        ? 'No decisions are recorded yet. They appear here as soon as somebody requests something.'
        : 'Every replayed decision keeps its outcome.'}
    </p>
  );
}

const COLUMNS: readonly TableProps.ColumnDefinition<ReplayedChange>[] = [
  {
    ...{ id: 'before', header: 'Before', minWidth: 160 },
    cell: ({ before }) => (
      <>
        {outcomeInWords(before.outcome)}
        <Policies ids={before.policies} />
      </>
    ),
  },
  {
    ...{ id: 'after', header: 'With this bundle', minWidth: 180 },
    cell: ({ after }) => (
      <>
        <Outcome of={after.outcome === 'refused' ? 'deny' : after.outcome} />
        {after.outcome === 'refused' ? (
          <small>{after.why}</small>
        ) : (
          <Policies ids={after.policies} />
        )}
      </>
    ),
  },
  {
    ...{ id: 'who', header: 'Who', minWidth: 160 },
    cell: ({ who }) => <span title={who.id}>{who.name}</span>,
  },
  {
    ...{ id: 'entitlement', header: 'Entitlement', minWidth: 150 },
    cell: ({ entitlement, grantId }) => <a href={linkToGrant(grantId)}>{entitlement}</a>,
  },
  {
    ...{ id: 'at', header: 'Requested', minWidth: 160 },
    cell: ({ at }) => <Time at={at} />,
  },
];

function Changes({ changes }: { readonly changes: readonly ReplayedChange[] }) {
  return (
    <Table
      variant="embedded"
      items={changes}
      trackBy="grantId"
      ariaLabels={{ tableLabel: 'Changed outcomes' }}
      wrapLines
      columnDefinitions={COLUMNS}
    />
  );
}

function Policies({ ids }: { readonly ids: readonly string[] }) {
  return <small>{ids.length === 0 ? 'no policy permits it' : ids.join(', ')}</small>;
}
