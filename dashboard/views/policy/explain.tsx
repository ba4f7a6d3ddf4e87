import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Textarea from '@cloudscape-design/components/textarea';
import { useState } from 'react';
import type { Bundle } from '../../../core/bundle/bundle.ts';
import { now } from '../../api/clock.ts';
import type { Me } from '../../api/types.ts';
import { ask } from '../../engine/client.ts';
import type { Asker, ExplainAnswer } from '../../engine/messages.ts';
import { Failed } from '../../parts/failed.tsx';
import { draftOf, keepDraft } from '../../sign-in/drafts.ts';
import { AskerFields } from './asker-fields.tsx';
import { Explanation } from './explanation.tsx';
import { useDeployment } from './use-bundle.ts';

type Draft = { readonly text: string; readonly asker: Asker };
const DRAFT = 'policy-explain';

const EXAMPLE = `{
  "entitlement": "…",
  "parameters": {},
  "durationSeconds": 900,
  "justification": "…"
}`;

/** Decides a request that somebody pastes by the bundle in force, and gives the reasons. */
export function Explain({ bundle, me }: { readonly bundle: Bundle; readonly me: Me }) {
  const [draft, setDraft] = useState<Draft>(
    () => draftOf<Draft>(DRAFT) ?? { text: '', asker: askerFrom(me) },
  );
  const [answer, setAnswer] = useState<ExplainAnswer | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const deployment = useDeployment();
  const change = (next: Draft): void => {
    keepDraft(DRAFT, next);
    setDraft(next);
  };
  const explain = async (): Promise<void> => {
    if (deployment.data === undefined) return setError(deployment.error);
    setBusy(true);
    setError(null);
    try {
      const { account, region } = deployment.data;
      const order = { ...draft, bundle, deployment: { account, region } };
      setAnswer(await ask('explain', { ...order, now: new Date(now()).toISOString() }));
    } catch (failure) {
      setAnswer(null);
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="policy-list">
      <Container
        header={
          <Header
            variant="h2"
            description="The engine runs in your browser, with the bundle in force. Nothing is requested, and nothing is sent."
          >
            Why does a request have its outcome?
          </Header>
        }
      >
        <form
          className="policy-form"
          onSubmit={(event) => {
            event.preventDefault();
            void explain();
          }}
        >
          <FormField
            label="Request or decision"
            description="The body of a request, a recorded decision or its inputs, or a case as valetkey policy explain takes it (JSON or YAML)."
            stretch
          >
            <Textarea
              value={draft.text}
              rows={10}
              spellcheck={false}
              placeholder={EXAMPLE}
              onChange={({ detail }) => change({ ...draft, text: detail.value })}
            />
          </FormField>
          <ExpandableSection headerText="Who asks, if the text does not say so">
            <AskerFields
              asker={draft.asker}
              issuers={bundle.issuers.map(({ id }) => id)}
              change={(asker) => change({ ...draft, asker })}
            />
          </ExpandableSection>
          <Button
            variant="primary"
            formAction="submit"
            loading={busy}
            loadingText="Explaining"
            disabled={draft.text.trim() === '' || deployment.isPending}
          >
            Explain
          </Button>
        </form>
      </Container>
      {error === null ? null : <Failed error={error} />}
      <div aria-live="polite">
        {answer === null ? null : <Explanation answer={answer} bundle={bundle} />}
      </div>
    </div>
  );
}

/** Whoever looks asks, until they write somebody else. */
function askerFrom({ id, issuer, groups, mfa }: Me): Asker {
  const own = `${issuer}:`;
  const without = (text: string): string => (text.startsWith(own) ? text.slice(own.length) : text);
  return { issuer, subject: without(id), groups: groups.map(without), mfa, sourceIp: '10.0.0.1' };
}
