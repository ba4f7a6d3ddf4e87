import Button, { type ButtonProps } from '@cloudscape-design/components/button';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import type { Grant } from '../../api/types.ts';
import { useOrder } from '../../api/use-order.ts';
import { Command } from '../../parts/command.tsx';
import { Failed } from '../../parts/failed.tsx';
import { MatchCode } from '../../parts/match-code.tsx';
import { Countdown, inDuration, Time } from '../../parts/time.tsx';
import { Card } from './card.tsx';
import { EndingCard } from './ending-card.tsx';
import { Facts } from './facts.tsx';
import { TimeLeft } from './time-left.tsx';

/** Its dialog and fields are read when somebody wants more time. */
const ExtendDialog = lazy(async () => ({
  default: (await import('../../grant/extend-dialog.tsx')).ExtendDialog,
}));

type ActiveCardProps = {
  readonly grant: Grant;
  readonly title: string;
  /** The person ended it. */
  readonly onEnd: () => void;
  readonly onClose: () => void;
};

export function ActiveCard({ grant, title, onEnd, onClose }: ActiveCardProps) {
  const order = useOrder<Grant>();
  const [extending, setExtending] = useState(false);
  const [ended, setEnded] = useState(false);
  const extend = useRef<ButtonProps.Ref>(null);
  const wasExtending = useRef(false);
  useEffect(() => {
    if (wasExtending.current && !extending) extend.current?.focus();
    wasExtending.current = extending;
  }, [extending]);
  if (grant.status !== 'active') {
    return <EndingCard grant={grant} title={title} takeFocus={ended} onClose={onClose} />;
  }
  const end = async (): Promise<void> => {
    setEnded(true);
    onEnd();
    await order.send(`/v1/grants/${encodeURIComponent(grant.id)}/revoke`, {});
  };
  return (
    <Card
      title={title}
      aside={
        grant.expiresAt === null ? null : (
          <>
            <span className="mine-left">
              <Countdown until={grant.expiresAt} />
            </span>
            <span className="mine-until">
              left, until <Time at={grant.expiresAt} />
            </span>
          </>
        )
      }
      actions={
        <>
          <Button
            variant="primary"
            loading={order.busy}
            loadingText="Ending"
            onClick={() => void end()}
          >
            I'm done
          </Button>
          <span hidden={extending}>
            <Button ref={extend} onClick={() => setExtending(true)}>
              Extend
            </Button>
          </span>
          <span className="mine-hint">“I'm done” ends it now and kills its keys.</span>
        </>
      }
    >
      <TimeLeft grant={grant} />
      <Facts grant={grant} />
      <Command text={`valetkey exec ${grant.entitlement} --grant ${grant.id} -- COMMAND`} />
      {grant.extension === null ? null : (
        <div className="mine-waits">
          <p>
            An extension waits for approval ({approvedOf(grant.extension.approvals)}):{' '}
            {inDuration(grant.extension.durationSeconds)} from then on. Meanwhile this runs on as it
            is.
          </p>
          <MatchCode of={grant} />
        </div>
      )}
      {order.error === null ? null : <Failed error={order.error} retry={() => void end()} />}
      {extending ? (
        <Suspense fallback={null}>
          <ExtendDialog grant={grant} onClose={() => setExtending(false)} />
        </Suspense>
      ) : null}
    </Card>
  );
}

/** "0 of 2 approvals". */
export function approvedOf({ votes, required }: Grant['approvals']): string {
  const yes = votes.filter(({ vote }) => vote === 'approve').length;
  return `${yes} of ${required} ${required === 1 ? 'approval' : 'approvals'}`;
}
