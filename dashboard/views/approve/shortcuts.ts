/** Which key does what. Nothing is approved by one key: it only brings the focus to the button. */
export type Shortcut = 'next' | 'previous' | 'comment' | 'approve' | 'deny';

export const SHORTCUTS: readonly (readonly [keys: readonly string[], does: string])[] = [
  [['j', '↓'], 'next request'],
  [['k', '↑'], 'previous request'],
  [['c'], 'write a comment'],
  [['a'], 'go to Approve'],
  [['d'], 'go to Deny'],
  [['Enter'], 'press the button'],
];

const KEYS: Readonly<Record<string, Shortcut>> = {
  j: 'next',
  k: 'previous',
  c: 'comment',
  a: 'approve',
  d: 'deny',
};
const ARROWS: Readonly<Record<string, Shortcut>> = { ArrowDown: 'next', ArrowUp: 'previous' };

export type Press = {
  readonly key: string;
  readonly modified: boolean;
  readonly where: 'typing' | 'dialog' | 'list' | 'elsewhere';
};

/** @param letters whether the person wants keys of one letter (WCAG 2.2, criterion 2.1.4) */
export function shortcutOf({ key, modified, where }: Press, letters: boolean): Shortcut | null {
  if (modified || where === 'typing' || where === 'dialog') return null;
  // Elsewhere, the arrows scroll.
  if (where === 'list' && ARROWS[key] !== undefined) return ARROWS[key];
  return letters ? (KEYS[key] ?? null) : null;
}
