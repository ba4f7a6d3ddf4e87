import Button from '@cloudscape-design/components/button';
import { type ReactNode, useState } from 'react';
import { Failed } from '../../parts/failed.tsx';
import { Loading } from '../../parts/loading.tsx';
import { ViewFrame } from '../../parts/view-frame.tsx';
import { linkTo } from '../../place.ts';
import { ActiveCard } from './active-card.tsx';
import { Earlier } from './earlier.tsx';
import { Reviews } from './reviews.tsx';
import type { Mine } from './sorted.ts';
import { useMine } from './use-mine.ts';
import { useTitles } from './use-titles.ts';
import { WaitingCard } from './waiting-card.tsx';
import './my-access.css';

/** What the person has now, waits for, and had. */
export function View() {
  const [justEnded, setJustEnded] = useState<ReadonlySet<string>>(new Set());
  const { mine, error, retry } = useMine(justEnded);
  const titleOf = useTitles();
  return (
    <ViewFrame
      title="My access"
      description="What you have now, and how long it lasts."
      actions={<Button href={linkTo('request')}>New request</Button>}
    >
      {error === null ? null : <Failed error={error} retry={retry} />}
      {mine === null ? (
        error === null ? (
          <Loading what="Reading your access" />
        ) : null
      ) : (
        <Parts
          mine={mine}
          titleOf={titleOf}
          onEnd={(id) => setJustEnded((before) => new Set([...before, id]))}
          onClose={(id) =>
            setJustEnded((before) => new Set([...before].filter((one) => one !== id)))
          }
        />
      )}
    </ViewFrame>
  );
}

type PartsProps = {
  readonly mine: Mine;
  readonly titleOf: (id: string) => string;
  readonly onEnd: (id: string) => void;
  readonly onClose: (id: string) => void;
};

function Parts({ mine, titleOf, onEnd, onClose }: PartsProps) {
  const { active, pending, scheduled, unreviewed, earlier } = mine;
  return (
    <>
      <Reviews grants={unreviewed} />
      <Part name="Active">
        {active.length === 0 ? (
          <Nothing />
        ) : (
          active.map((grant) => (
            <ActiveCard
              key={grant.id}
              grant={grant}
              title={titleOf(grant.entitlement)}
              onEnd={() => onEnd(grant.id)}
              onClose={() => onClose(grant.id)}
            />
          ))
        )}
      </Part>
      {pending.length === 0 ? null : (
        <Part name="Waiting for approval">
          {pending.map((grant) => (
            <WaitingCard key={grant.id} grant={grant} title={titleOf(grant.entitlement)} />
          ))}
        </Part>
      )}
      {scheduled.length === 0 ? null : (
        <Part name="Scheduled">
          {scheduled.map((grant) => (
            <WaitingCard key={grant.id} grant={grant} title={titleOf(grant.entitlement)} />
          ))}
        </Part>
      )}
      {earlier.length === 0 ? null : (
        <Part name="Earlier">
          <Earlier grants={earlier} titleOf={titleOf} />
        </Part>
      )}
    </>
  );
}

function Part({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <section className="mine-part">
      <h2>{name}</h2>
      {children}
    </section>
  );
}

function Nothing() {
  return (
    <div className="empty mine-empty">
      <p>You have no access to anything right now, and nothing of yours can be misused.</p>
      <p>
        When you need some, <a href={linkTo('request')}>ask for it</a>: it shows here with the time
        that is left, and the command that uses it.
      </p>
    </div>
  );
}
