import Button from '@cloudscape-design/components/button';
import { useEffect, useRef } from 'react';
import type { Grant } from '../../api/types.ts';
import { Status } from '../../parts/status.tsx';
import { Time } from '../../parts/time.tsx';
import { Card } from './card.tsx';
import { Facts } from './facts.tsx';

type EndingCardProps = {
  readonly grant: Grant;
  readonly title: string;
  /** The button that was focused is gone. */
  readonly takeFocus: boolean;
  readonly onClose: () => void;
};

/** A grant that ends, until all of its keys are dead. */
export function EndingCard({ grant, title, takeFocus, onClose }: EndingCardProps) {
  const news = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (takeFocus) news.current?.focus();
  }, [takeFocus]);
  const dead = grant.status !== 'revoking';
  return (
    <Card
      title={title}
      aside={<Status of={grant.status} />}
      {...(dead && { actions: <Button onClick={onClose}>Close</Button> })}
    >
      <div ref={news} tabIndex={-1} role="status" className="mine-news">
        {dead ? (
          <p>
            {grant.keysValidUntil === null
              ? 'It has ended. No keys were ever issued under it.'
              : 'It has ended, and all of its keys are dead.'}
          </p>
        ) : (
          <p>
            It has ended, and its keys are being killed. Until that is certain they may work, at the
            latest until <Time at={grant.keysValidUntil} />.
          </p>
        )}
      </div>
      <Facts grant={grant} />
    </Card>
  );
}
