import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import { useState } from 'react';
import { ask } from '../../engine/client.ts';
import type { OpenAnswer } from '../../engine/messages.ts';
import { Failed } from '../../parts/failed.tsx';
import { Loading } from '../../parts/loading.tsx';
import { type Chosen, readChosen } from './chosen-files.ts';
import { Mistakes } from './mistakes.tsx';
import { ReplayRun } from './replay-run.tsx';
import { useDeployment } from './use-bundle.ts';

type State =
  | { readonly kind: 'nothing' | 'busy' }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'done'; readonly answer: OpenAnswer; readonly turn: number };

/** What a changed bundle would have decided about the requests of the last time. */
export function Replay() {
  const [state, setState] = useState<State>({ kind: 'nothing' });
  const deployment = useDeployment();
  const open = async (files: readonly Chosen[]): Promise<void> => {
    if (files.length === 0) return;
    setState({ kind: 'busy' });
    try {
      const read = await readChosen(files);
      if (!read.ok) throw new Error(read.error);
      const found = deployment.data ?? (await deployment.refetch({ throwOnError: true })).data;
      const { account = '', region = '' } = found ?? {};
      const order = { files: read.value, deployment: { account, region } };
      setState({ kind: 'done', answer: await ask('open', order), turn: Date.now() });
    } catch (error) {
      setState({ kind: 'failed', error });
    }
  };
  return (
    <div className="policy-list">
      <Container
        header={
          <Header
            variant="h2"
            description="Choose a changed bundle: your browser compiles it and decides recorded requests again. Nothing is uploaded to the server."
          >
            What would another bundle change?
          </Header>
        }
      >
        <div className="policy-fields">
          <FileField label="Folder of the bundle" folder open={open} />
          <FileField label="Or its single files" open={open} />
        </div>
      </Container>
      <div role="status">
        {state.kind === 'busy' ? <Loading what="Compiling the bundle" /> : null}
      </div>
      {state.kind === 'failed' ? <Failed error={state.error} /> : null}
      {state.kind === 'done' && state.answer.kind === 'mistakes' ? (
        <Mistakes
          title="The bundle does not compile"
          advice="Mend these mistakes, and choose it again."
          mistakes={state.answer.mistakes}
        />
      ) : null}
      {state.kind === 'done' && state.answer.kind === 'opened' ? (
        <ReplayRun key={state.turn} opened={state.answer} />
      ) : null}
    </div>
  );
}

type FileFieldProps = {
  readonly label: string;
  readonly folder?: boolean;
  readonly open: (files: readonly Chosen[]) => Promise<void>;
};

function FileField({ label, folder = false, open }: FileFieldProps) {
  return (
    <label className="policy-file">
      <span>{label}</span>
      <input
        type="file"
        multiple
        {...(folder && { webkitdirectory: '' })}
        onChange={({ target }) => {
          const files = [...(target.files ?? [])];
          // Chosen again after a change, it is read again.
          void open(files).finally(() => {
            target.value = '';
          });
        }}
      />
    </label>
  );
}
