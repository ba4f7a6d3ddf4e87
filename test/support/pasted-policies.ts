import { readFileSync } from 'node:fs';

/** A policy as somebody pastes it. */
export type PastedPolicy = {
  readonly name: string;
  readonly text: string;
  /** What the mistake in it says; null for one that compiles. */
  readonly says: string | null;
};

export const ACCEPTED = corpus('accepted');
export const REFUSED = corpus('refused');

/** An entitlement whose statements are the pasted text. */
export function entitlementOf({ text }: PastedPolicy, id = 'pasted'): string {
  const head = [
    `id: ${id}`,
    'title: Pasted',
    'risk: low',
    'target: arn:aws:iam::{{account}}:role/valetkey/pasted',
    'maxDuration: 1h',
  ];
  const [first = '', ...rest] = text.split('\n');
  const indented = [first, ...rest].map((line) => (line === '' ? '' : `  ${line}`));
  // A block text begins on the line of its key.
  const statements = first === '|' ? ['statements: |', ...rest] : ['statements:', ...indented];
  return `${[...head, ...statements].join('\n')}\n`;
}

function corpus(kind: 'accepted' | 'refused'): readonly PastedPolicy[] {
  const text = readFileSync(`test/corpus/${kind}-policies.txt`, 'utf8');
  return text
    .split(/^### /m)
    .slice(1)
    .map((part) => {
      const [name = '', ...lines] = part.trimEnd().split('\n');
      const says = lines[0]?.startsWith('--- ') ? lines[0].slice(4) : null;
      return { name, says, text: (says === null ? lines : lines.slice(1)).join('\n') };
    });
}
