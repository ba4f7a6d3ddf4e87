import Button from '@cloudscape-design/components/button';
import Spinner from '@cloudscape-design/components/spinner';
import { counted } from '../parts/counted.ts';
import { Failed } from '../parts/failed.tsx';
import type { Downloads } from './use-download.ts';

type Of<Answer> = { readonly downloads: Downloads<Answer>; readonly one: string };

/** How far a download is, and how it ended. */
export function DownloadBar<Answer>({ downloads, one }: Of<Answer>) {
  const { running, ended, error, cancel } = downloads;
  if (error !== null) return <Failed error={error} />;
  if (running !== null) {
    return (
      <div className="list-news">
        <Spinner />
        <p role="status">
          {running.format}: {counted(running.rows, one)} so far…
        </p>
        <Button variant="inline-link" ariaLabel="Cancel the download" onClick={cancel}>
          Cancel
        </Button>
      </div>
    );
  }
  if (ended === null) return null;
  const { format, rows, how } = ended;
  return (
    <div className="list-news">
      <p role="status">
        {how === 'done'
          ? `The ${format} file has ${counted(rows, one)}.`
          : `The download was cancelled after ${counted(rows, one)}; nothing was saved.`}
      </p>
    </div>
  );
}
