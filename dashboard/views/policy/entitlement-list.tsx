import { useState } from 'react';
import type { Bundle } from '../../../core/bundle/bundle.ts';
import { EntitlementCard } from './entitlement-card.tsx';
import { FindField } from './find-field.tsx';
import { entitlementsWith } from './search.ts';

type Props = { readonly bundle: Bundle; readonly find: string };

/** Everything that can be asked for. */
export function EntitlementList({ bundle, find }: Props) {
  const [words, setWords] = useState(find);
  const found = entitlementsWith(bundle, words);
  return (
    <div className="policy-list">
      <FindField
        label="Find entitlements"
        placeholder="Title, action, resource, label or group"
        words={words}
        change={setWords}
        shown={found.length}
        all={Object.keys(bundle.entitlements).length}
      />
      {found.length === 0 ? (
        <p className="empty">No entitlement has these words. Use fewer or other words.</p>
      ) : (
        found.map((entitlement) => (
          <EntitlementCard key={entitlement.id} bundle={bundle} entitlement={entitlement} />
        ))
      )}
    </div>
  );
}
