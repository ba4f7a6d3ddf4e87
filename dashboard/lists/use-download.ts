import { useEffect, useRef, useState } from 'react';
import { get } from '../api/client.ts';
import { allPages, type CursorPage } from './all-pages.ts';
import { patiently } from './patiently.ts';

export type Download<Answer> = {
  /** How it is called for people: "CSV". */
  readonly format: string;
  readonly file: string;
  readonly type: string;
  readonly head: string;
  readonly linesOf: (answer: Answer) => readonly string[];
};

export type Running = { readonly format: string; readonly rows: number };

export type Downloads<Answer> = {
  readonly running: Running | null;
  readonly ended: (Running & { readonly how: 'done' | 'cancelled' }) | null;
  readonly error: unknown;
  readonly start: (download: Download<Answer>) => void;
  readonly cancel: () => void;
};

/** Reads everything that the filter matches, page by page, into a file. */
export function useDownload<Answer extends CursorPage>(
  call: string,
  filter: Readonly<Record<string, string>>,
): Downloads<Answer> {
  const [running, setRunning] = useState<Running | null>(null);
  const [ended, setEnded] = useState<Downloads<Answer>['ended']>(null);
  const [error, setError] = useState<unknown>(null);
  const stop = useRef<AbortController | null>(null);
  useEffect(() => () => stop.current?.abort(), []);
  const run = async (wanted: Download<Answer>): Promise<void> => {
    const { format } = wanted;
    const stopping = new AbortController();
    const { signal } = stopping;
    stop.current = stopping;
    const read = (path: string): Promise<Answer> =>
      patiently(() => get<Answer>(path, signal), { signal });
    let rows = 0;
    setError(null);
    setEnded(null);
    setRunning({ format, rows });
    try {
      const parts: Blob[] = [new Blob([wanted.head])];
      for await (const page of allPages(call, filter, read)) {
        const lines = wanted.linesOf(page);
        rows += lines.length;
        // The browser may keep a blob on its disk; text it has to keep in memory.
        parts.push(new Blob(lines.slice()));
        setRunning({ format, rows });
      }
      save(new Blob(parts, { type: wanted.type }), wanted.file);
      setEnded({ format, rows, how: 'done' });
    } catch (failure) {
      if (signal.aborted) setEnded({ format, rows, how: 'cancelled' });
      else setError(failure);
    } finally {
      setRunning(null);
    }
  };
  return {
    ...{ running, ended, error },
    start: (wanted) => void run(wanted),
    cancel: () => stop.current?.abort(),
  };
}

/** How long a browser may take to begin with the file. */
const KEPT_MS = 60_000;

function save(blob: Blob, file: string): void {
  const href = URL.createObjectURL(blob);
  Object.assign(document.createElement('a'), { href, download: file }).click();
  setTimeout(() => URL.revokeObjectURL(href), KEPT_MS);
}
