import Alert from '@cloudscape-design/components/alert';
import type { EntitlementUsage } from '../../api/types.ts';
import { Panel } from '../../grant/panel.tsx';
import { Command } from '../../parts/command.tsx';
import { Blind } from '../../usage/blind.tsx';
import { usedInWords } from '../../usage/in-words.ts';
import { WantedCalls } from '../../usage/wanted.tsx';
import { Actions } from './actions.tsx';
import { Principals } from './principals.tsx';
import { restsOn } from './report-in-words.ts';

/** First what the answer lacks and the logs cannot show, then what was used, by whom, and what to do next. */
export function Report({ usage }: { readonly usage: EntitlementUsage }) {
  const { summary, actions, principals, wanted, entitlement, days } = usage;
  if (usage.state === 'off' && summary === null) return <Off />;
  return (
    <>
      {usage.state === 'off' ? <Off /> : null}
      <Panel title="Used of granted">
        <Summary usage={usage} />
      </Panel>
      {actions.length === 0 ? null : (
        <Panel title="Actions">
          <Actions actions={actions} />
        </Panel>
      )}
      {principals.length === 0 ? null : (
        <Panel title="Who had it">
          <Principals principals={principals} />
        </Panel>
      )}
      {wanted.length === 0 ? null : (
        <Panel title="Called and refused, and not granted">
          <WantedCalls wanted={wanted} ofSeveral />
        </Panel>
      )}
      {summary === null ? null : (
        <Panel title="Grant less">
          <p>
            The command proposes a narrower entitlement from these grants, as a change to its file.
            It deploys nothing.
          </p>
          <Command text={`valetkey usage propose ${entitlement} --days ${days}`} />
        </Panel>
      )}
    </>
  );
}

function Summary({ usage }: { readonly usage: EntitlementUsage }) {
  const { says, lacks } = restsOn(usage);
  return (
    <div className="usage">
      {lacks.length === 0 ? null : (
        <Alert type="warning" header="This is not the whole picture">
          <ul className="usage-points">
            {lacks.map((one) => (
              <li key={one}>{one}</li>
            ))}
          </ul>
        </Alert>
      )}
      <Blind parts={usage.blind} />
      {usage.summary === null ? (
        <p>No logs of a grant with keys were read: nothing can be said of any action.</p>
      ) : (
        <p className="usage-summary">{usedInWords(usage.summary)}</p>
      )}
      <p className="grant-quiet">{says.join(' ')}</p>
    </div>
  );
}

function Off() {
  return (
    <Alert type="info" header="The deployment does not read CloudTrail logs">
      To switch it on, write <code>usage</code> with the bucket of your trail into{' '}
      <code>valetkey.yaml</code> (docs/reference/config.schema.json), and deploy. Logs of grants
      that have ended before are not read.
    </Alert>
  );
}
