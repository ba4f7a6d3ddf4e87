import { asksForMatchCode, matchCodeOf } from '../api/match-codes.ts';
import type { Grant } from '../api/types.ts';
import './match-code.css';

/** The two digits for the approver, while something waits that asks for them. */
export function MatchCode({ of }: { readonly of: Grant }) {
  if (!asksForMatchCode(of)) return null;
  const code = matchCodeOf(of);
  if (code === null) {
    return (
      <p>
        Approvers ask for the two digits that were shown when this was requested. If you no longer
        have them, ask again.
      </p>
    );
  }
  return (
    <div className="match-code">
      <strong>{code}</strong>
      <span>
        Tell these digits to whoever approves, in person or by phone. They are shown on this page
        only, until you load it anew or close it.
      </span>
    </div>
  );
}
