import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Select from '@cloudscape-design/components/select';
import { useEffect, useRef, useState } from 'react';
import { get } from '../../api/client.ts';
import { ask } from '../../engine/client.ts';
import type { OpenAnswer } from '../../engine/messages.ts';
import { Failed } from '../../parts/failed.tsx';
import { Mistakes } from './mistakes.tsx';
import { ReplayChanges } from './replay-changes.tsx';
import { NOTHING_YET, type Progress, runReplay } from './replay-pages.ts';

type Opened = Extract<OpenAnswer, { readonly kind: 'opened' }>;

const NUMBERS = [100, 500, 2_000, 10_000];
const number = new Intl.NumberFormat();

/** The bundle that was chosen, and the decisions that it would change. */
export function ReplayRun({ opened }: { readonly opened: Opened }) {
  const [wanted, setWanted] = useState(500);
  const [progress, setProgress] = useState<Progress | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [running, setRunning] = useState<AbortController | null>(null);
  const last = useRef<AbortController | null>(null);
  useEffect(() => () => last.current?.abort(), []);
  const start = async (): Promise<void> => {
    const stop = new AbortController();
    last.current = stop;
    setRunning(stop);
    setError(null);
    setProgress(NOTHING_YET);
    try {
      const { signal } = stop;
      const read = <T,>(path: string) => get<T>(path, signal);
      await runReplay({
        ...{ wanted, read, signal, tell: setProgress },
        replay: (decisions) => ask('replay', decisions),
      });
    } catch (failure) {
      if (!stop.signal.aborted) setError(failure);
    } finally {
      setRunning(null);
    }
  };
  const { hash, entitlements, policies, cases, failing } = opened;
  return (
    <>
      <Container header={<Header variant="h2">The bundle compiles</Header>}>
        <div className="policy-form">
          <p className="policy-hash">
            <code>{hash}</code>: {number.format(entitlements)} entitlements,{' '}
            {number.format(policies)} policies, {number.format(cases)} cases
            {failing.length === 0 ? ', which all pass' : ''}.
          </p>
          <div className="policy-run">
            <FormField label="Decisions to replay, the newest first">
              <Select
                selectedOption={{ value: String(wanted), label: number.format(wanted) }}
                options={NUMBERS.map((one) => ({ value: String(one), label: number.format(one) }))}
                disabled={running !== null}
                onChange={({ detail }) => setWanted(Number(detail.selectedOption.value))}
              />
            </FormField>
            {running === null ? (
              <Button variant="primary" onClick={() => void start()}>
                Replay
              </Button>
            ) : (
              <Button onClick={() => running.abort()}>Stop</Button>
            )}
          </div>
        </div>
      </Container>
      {failing.length === 0 ? null : (
        <Mistakes
          title="Cases of the bundle that fail"
          advice="It would not be deployed like this. You can replay decisions all the same."
          mistakes={failing}
        />
      )}
      {error === null ? null : <Failed error={error} retry={() => void start()} />}
      {progress === null ? null : (
        <>
          <ReplayChanges progress={progress} running={running !== null} />
          <Unread unread={progress.unread} />
        </>
      )}
    </>
  );
}

function Unread({ unread }: { readonly unread: readonly string[] }) {
  if (unread.length === 0) return null;
  return (
    <Alert type="warning" header={`${number.format(unread.length)} records could not be read`}>
      <ul className="policy-plain">
        {[...new Set(unread)].slice(0, 5).map((message) => (
          <li key={message}>{message}</li>
        ))}
      </ul>
    </Alert>
  );
}
