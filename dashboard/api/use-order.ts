import { useRef, useState } from 'react';
import { post } from './client.ts';
import { mayHaveBeenDone } from './problem.ts';
import { readAgain } from './queries.ts';

export type Order<T> = {
  readonly busy: boolean;
  readonly error: unknown;
  /** Sends it. Resolves to the answer, or to null where it failed: then `error` says why. */
  readonly send: (path: string, body: object) => Promise<T | null>;
  readonly forget: () => void;
};

/**
 * One thing that a person wants done. It has one idempotency key until it is answered, so that a click more, or a lost
 * answer, does nothing twice.
 */
export function useOrder<T>(): Order<T> {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const key = useRef<{ readonly of: string; readonly value: string } | null>(null);
  const send = async (path: string, body: object): Promise<T | null> => {
    const of = `${path} ${JSON.stringify(body)}`;
    if (key.current?.of !== of) key.current = { of, value: crypto.randomUUID() };
    setBusy(true);
    setError(null);
    try {
      const answer = await post<T>(path, body, key.current.value);
      key.current = null;
      await readAgain();
      return answer;
    } catch (failure) {
      if (!mayHaveBeenDone(failure)) key.current = null;
      setError(failure);
      return null;
    } finally {
      setBusy(false);
    }
  };
  return { busy, error, send, forget: () => setError(null) };
}
