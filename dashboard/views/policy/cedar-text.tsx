import { cedarTokens } from './cedar-tokens.ts';

/** The text of a policy, as its author wrote it. */
export function CedarText({ text }: { readonly text: string }) {
  let at = 0;
  return (
    <pre className="policy-code">
      {cedarTokens(text).map(({ kind, text: part }) => {
        at += part.length;
        return kind === 'plain' ? (
          part
        ) : (
          <span key={at} className={`policy-${kind}`}>
            {part}
          </span>
        );
      })}
    </pre>
  );
}

export function JsonText({ value }: { readonly value: unknown }) {
  return <pre className="policy-code">{JSON.stringify(value, null, 2)}</pre>;
}
