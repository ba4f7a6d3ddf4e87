import Button from '@cloudscape-design/components/button';
import { useState } from 'react';
import { SELDOM_MS, useRead } from '../../api/queries.ts';
import type { PrincipalPage } from '../../api/types.ts';
import { Failed } from '../../parts/failed.tsx';
import { Loading } from '../../parts/loading.tsx';
import { Time } from '../../parts/time.tsx';
import { linkTo } from '../../place.ts';

type SuspendedProps = { readonly resume: (principal: string) => void };

/** Who is kept out, since when, by whom and why; a page at a time. */
export function Suspended({ resume }: SuspendedProps) {
  const [cursors, setCursors] = useState<readonly string[]>([]);
  const cursor = cursors.at(-1);
  const query = new URLSearchParams({
    ...{ suspended: 'true', limit: '25' },
    ...(cursor !== undefined && { cursor }),
  });
  const { data, error, refetch } = useRead<PrincipalPage>(`/v1/principals?${query}`, SELDOM_MS);
  if (data === undefined) {
    if (error !== null) return <Failed error={error} retry={() => void refetch()} />;
    return <Loading what="Loading who is suspended" />;
  }
  const next = data.nextCursor;
  return (
    <>
      {data.principals.length === 0 ? (
        <p className="people-quiet">
          Nobody is suspended. Whoever is will be here until somebody resumes them.
        </p>
      ) : (
        <ul className="people-list" aria-label="Suspended">
          {data.principals.map((one) => (
            <Row key={one.principal} of={one} resume={resume} />
          ))}
        </ul>
      )}
      {cursors.length === 0 && next === null ? null : (
        <div className="people-actions">
          <Button disabled={cursors.length === 0} onClick={() => setCursors(cursors.slice(0, -1))}>
            Newer
          </Button>
          <Button
            disabled={next === null}
            onClick={() => next !== null && setCursors([...cursors, next])}
          >
            Older
          </Button>
        </div>
      )}
    </>
  );
}

type One = PrincipalPage['principals'][number];

function Row({ of, resume }: SuspendedProps & { readonly of: One }) {
  const { principal, at, by, reason } = of;
  return (
    <li>
      <span className="what">
        <a className="list-a people-id" href={linkTo('people', { principal })}>
          {principal}
        </a>
        <span className="list-id">
          <Time at={at} /> by {by === 'broker' ? 'the broker' : by.name}
          {reason === '' ? '' : `: ${reason}`}
        </span>
      </span>
      <Button ariaLabel={`Resume ${principal}`} onClick={() => resume(principal)}>
        Resume
      </Button>
    </li>
  );
}
