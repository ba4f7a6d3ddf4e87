import type { Decision } from '../api/types.ts';
import { Outcome } from '../parts/status.tsx';
import { Facts, Panel } from './panel.tsx';

/** What policy said, with the policies that determined it. */
export function Decided({ decision }: { readonly decision: Decision }) {
  const { outcome, policies, advice, bundle } = decision;
  return (
    <Panel title="What policy said">
      <Facts
        of={[
          ['Outcome', <Outcome key="outcome" of={outcome} />],
          [
            'Policies',
            policies.length === 0 ? 'None permits it' : <Names key="of" of={policies} />,
          ],
          ['Bundle', <code key="bundle">{bundle}</code>],
        ]}
      />
      {advice.length === 0 ? null : (
        <>
          <h3>Advice</h3>
          <ul className="grant-points">
            {advice.map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        </>
      )}
    </Panel>
  );
}

function Names({ of }: { readonly of: readonly string[] }) {
  return (
    <ul className="grant-list">
      {of.map((name) => (
        <li key={name}>
          <code>{name}</code>
        </li>
      ))}
    </ul>
  );
}
