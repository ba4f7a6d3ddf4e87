import { compactJson } from './compact-json.ts';
import { Panel } from './panel.tsx';

/** The very policy that IAM enforces: approvers judge by it, not by the title. */
export function SessionPolicy({ policy }: { readonly policy: object | null | undefined }) {
  if (policy === undefined) return null;
  return (
    <Panel title="What the keys may do">
      {policy === null ? (
        <p>The entitlement has changed since the request, so no new keys come of it.</p>
      ) : (
        <>
          <p className="grant-quiet">The session policy, as IAM enforces it.</p>
          {/* It scrolls, so the keyboard must reach it. */}
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls */}
          <section className="grant-policy" tabIndex={0} aria-label="Session policy">
            <pre>{compactJson(policy)}</pre>
          </section>
        </>
      )}
    </Panel>
  );
}
