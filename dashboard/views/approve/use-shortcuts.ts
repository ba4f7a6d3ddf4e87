import { useEffect, useRef } from 'react';
import { type Press, type Shortcut, shortcutOf } from './shortcuts.ts';

/** Listens for the shortcuts while the view is shown. */
export function useShortcuts(letters: boolean, act: (shortcut: Shortcut) => void): void {
  const latest = useRef(act);
  useEffect(() => {
    latest.current = act;
  });
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      const { key, ctrlKey, metaKey, altKey, isComposing } = event;
      const modified = ctrlKey || metaKey || altKey || isComposing || event.defaultPrevented;
      const shortcut = shortcutOf({ key, modified, where: whereIs(event.target) }, letters);
      if (shortcut === null) return;
      event.preventDefault();
      latest.current(shortcut);
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, [letters]);
}

function whereIs(target: EventTarget | null): Press['where'] {
  if (document.querySelector('[role="dialog"]') !== null) return 'dialog';
  if (!(target instanceof HTMLElement)) return 'elsewhere';
  if (target.closest('input, textarea, select, [contenteditable]') !== null) return 'typing';
  return target.closest('.approve-list') === null ? 'elsewhere' : 'list';
}
