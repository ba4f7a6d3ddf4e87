import './policy.css';
import Alert from '@cloudscape-design/components/alert';
import Tabs from '@cloudscape-design/components/tabs';
import type { ReactNode } from 'react';
import type { Bundle } from '../../../core/bundle/bundle.ts';
import type { Me } from '../../api/types.ts';
import { Failed } from '../../parts/failed.tsx';
import { Loading } from '../../parts/loading.tsx';
import { ViewFrame } from '../../parts/view-frame.tsx';
import { goTo, linkTo, type Place } from '../../place.ts';
import { EntitlementList } from './entitlement-list.tsx';
import { Explain } from './explain.tsx';
import { PolicyList } from './policy-list.tsx';
import { Replay } from './replay.tsx';
import { useBundle } from './use-bundle.ts';

/** What is in force, why a request has its outcome, and what another bundle would change. */
export function View({ me, place }: { readonly me: Me; readonly place: Place }) {
  const { stats, bundle } = useBundle();
  const tab = place.query.get('tab') ?? 'entitlements';
  const find = place.query.get('find') ?? '';
  const whole = (show: (bundle: Bundle) => ReactNode): ReactNode =>
    bundle.data ? show(bundle.data) : <NotYet {...{ stats, bundle }} />;
  const tabs = [
    {
      id: 'entitlements',
      label: 'Entitlements',
      content: whole((one) => <EntitlementList bundle={one} find={find} key={find} />),
    },
    {
      id: 'policies',
      label: 'Policies',
      content: whole((one) => <PolicyList bundle={one} find={find} key={find} />),
    },
    {
      id: 'explain',
      label: 'Explain a request',
      content: whole((one) => <Explain bundle={one} me={me} />),
    },
    { id: 'replay', label: 'Replay decisions', content: <Replay /> },
  ];
  return (
    <ViewFrame title="Policy" description={<InForce hash={stats.data?.bundle} />}>
      <Tabs
        activeTabId={tabs.some(({ id }) => id === tab) ? tab : 'entitlements'}
        onChange={({ detail }) => goTo(linkTo('policy', { tab: detail.activeTabId }))}
        tabs={tabs}
        ariaLabel="Parts of policy"
      />
    </ViewFrame>
  );
}

function InForce({ hash }: { readonly hash: string | undefined }) {
  return (
    <span className="policy-hash">
      Bundle in force: <code>{hash ?? '…'}</code>
    </span>
  );
}

function NotYet({ stats, bundle }: ReturnType<typeof useBundle>) {
  const failed = stats.data === undefined ? stats : bundle;
  if (failed.error !== null) {
    return <Failed error={failed.error} retry={() => void failed.refetch()} />;
  }
  if (bundle.data === null) {
    return (
      <Alert type="info" header="The log does not have this bundle yet">
        <span role="status">
          The broker records a bundle some minutes after its deployment. This page looks again by
          itself.
        </span>
      </Alert>
    );
  }
  return <Loading what="Reading the bundle from the log" />;
}
