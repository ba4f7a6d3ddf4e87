import Button from '@cloudscape-design/components/button';
import { useState } from 'react';
import { getText } from '../../api/client.ts';
import { Problem } from '../../api/problem.ts';
import type { GrantEvent } from '../../api/types.ts';
import { Failed } from '../../parts/failed.tsx';
import { timeOfDay } from '../../parts/time.tsx';
import { saveAs } from './save-as.ts';

type ProofProps = { readonly grant: string; readonly event: GrantEvent };

/** The proof that the log has the event, as a file. */
export function Proof({ grant, event }: ProofProps) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [saved, setSaved] = useState(false);
  const name = `${event.id}.tlog-proof`;
  const save = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      const path = `/v1/grants/${encodeURIComponent(grant)}/events/${encodeURIComponent(event.id)}/proof`;
      saveAs(name, await getText(path));
      setSaved(true);
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  const wait = waitOf(error);
  return (
    <div className="grant-view-proof">
      <Button
        loading={busy}
        iconName="download"
        ariaLabel={`Download proof of ${event.type} at ${timeOfDay(event.at)}`}
        onClick={() => void save()}
      >
        Download proof
      </Button>
      <span role="status">
        {wait === null ? null : `Not in the log yet, try again in ${wait} s.`}
        {saved && error === null ? (
          <>
            Saved. Check it with <code>valetkey audit verify --from {name}</code>
          </>
        ) : null}
      </span>
      {error === null || wait !== null ? null : <Failed error={error} />}
    </div>
  );
}

/** Seconds until the log has the event; null where something else is wrong. */
function waitOf(error: unknown): number | null {
  return error instanceof Problem && error.status === 409 ? (error.retryAfter ?? 5) : null;
}
