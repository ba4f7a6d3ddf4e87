import { capital } from '../parts/status.tsx';

/** How much could go wrong: a word, with bars beside the colour. */
export function Risk({ of }: { readonly of: string }) {
  const level = ['low', 'medium', 'high', 'critical'].indexOf(of) + 1;
  return (
    <span className={`grant-risk grant-risk-${level}`}>
      <svg width="14" height="12" viewBox="0 0 14 12" aria-hidden="true" focusable="false">
        {[1, 2, 3, 4].map((bar) => (
          <rect
            key={bar}
            x={(bar - 1) * 3.6}
            y={12 - bar * 3}
            width="2.6"
            height={bar * 3}
            rx="0.5"
            opacity={bar <= level ? 1 : 0.25}
          />
        ))}
      </svg>
      {capital(of)} risk
    </span>
  );
}
