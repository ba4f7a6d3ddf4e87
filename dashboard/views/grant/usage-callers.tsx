import { leftOutInWords } from '../../../core/usage/left-out.ts';
import type { Calls } from '../../../core/usage.ts';
import type { GrantUsage } from '../../api/types.ts';
import { Facts } from '../../grant/panel.tsx';
import { counted } from '../../parts/counted.ts';
import { Time } from '../../parts/time.tsx';
import { callsInWords } from '../../usage/in-words.ts';

type Made = NonNullable<GrantUsage['calls']>;
type CallersProps = { readonly calls: Made; readonly readAt: string | null };

/** Who called, from where, with what, and what was read to know it. */
export function UsageCallers({ calls, readAt }: CallersProps) {
  const { networks, agents, chained, unmapped, refusedBurst, read, leftOut } = calls;
  return (
    <>
      <Facts
        of={[
          ['Networks', list(networks, ({ network }) => network)],
          ['Clients', list(agents, ({ agent }) => agent)],
          ['Chained roles', list(chained, ({ role }) => role)],
          ['Calls of unknown action', list(unmapped, ({ source, name }) => `${source} ${name}`)],
          [
            'Refused within five minutes',
            refusedBurst === 0 ? null : `at most ${counted(refusedBurst, 'call')}`,
          ],
        ]}
      />
      {leftOut === null ? null : (
        <p className="usage-note">
          Not in this report, which has room for no more: {leftOutInWords(leftOut)}.
        </p>
      )}
      <p className="usage-note">
        Read from {counted(read.records, 'record')} of <Time at={read.from} /> until{' '}
        <Time at={read.until} />
        {readAt === null ? null : (
          <>
            , on <Time at={readAt} />
          </>
        )}
        .
      </p>
    </>
  );
}

function list<T extends Calls>(of: readonly T[], nameOf: (one: T) => string) {
  if (of.length === 0) return null;
  return (
    <ul className="grant-list">
      {of.map((one) => (
        <li key={nameOf(one)}>
          {nameOf(one)}
          <span className="usage-note">{callsInWords(one)}</span>
        </li>
      ))}
    </ul>
  );
}
