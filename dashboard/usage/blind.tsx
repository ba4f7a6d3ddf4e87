import Alert from '@cloudscape-design/components/alert';
import type { EntitlementUsage } from '../api/types.ts';
import { blindHeader, blindInWords } from './in-words.ts';

/** What the logs do not show, said before anything else. */
export function Blind({ parts }: { readonly parts: EntitlementUsage['blind'] }) {
  if (parts.length === 0) return null;
  return (
    <Alert type="warning" header={blindHeader(parts)}>
      <ul className="usage-points">
        {parts.map((part) => (
          <li key={JSON.stringify(part)}>{blindInWords(part)}</li>
        ))}
      </ul>
    </Alert>
  );
}
