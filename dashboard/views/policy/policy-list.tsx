import Badge from '@cloudscape-design/components/badge';
import { useState } from 'react';
import type { Bundle, CompiledPolicy } from '../../../core/bundle/bundle.ts';
import { CedarText } from './cedar-text.tsx';
import { FindField } from './find-field.tsx';
import { allPolicies, policiesWith } from './search.ts';

type Props = { readonly bundle: Bundle; readonly find: string };

/** The text of every policy. */
export function PolicyList({ bundle, find }: Props) {
  const [words, setWords] = useState(find);
  const found = policiesWith(bundle, words);
  return (
    <div className="policy-list">
      <FindField
        label="Find policies"
        placeholder="Id, group, entitlement or any word of the text"
        words={words}
        change={setWords}
        shown={found.length}
        all={allPolicies(bundle).length}
      />
      {found.length === 0 ? (
        <p className="empty">No policy has these words. Use fewer or other words.</p>
      ) : (
        found.map((policy) => <PolicyCard key={policy.id} policy={policy} />)
      )}
    </div>
  );
}

function PolicyCard({ policy: { id, effect, advice, place, text } }: { policy: CompiledPolicy }) {
  return (
    <article className="policy-card" aria-labelledby={`policy-${id}`}>
      <header>
        <div>
          <h2 id={`policy-${id}`}>{id}</h2>
          <code>{place ?? 'made from the approvers of an entitlement'}</code>
        </div>
        <div className="policy-badges">
          <Badge color={effect === 'permit' ? 'green' : 'red'}>
            {effect === 'permit' ? 'permits' : 'forbids'}
          </Badge>
        </div>
      </header>
      {advice === null ? null : <p>Whom it stops is told: “{advice}”</p>}
      <CedarText text={text} />
    </article>
  );
}
