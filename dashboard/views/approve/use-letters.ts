import { useState } from 'react';

const KEPT = 'valetkey.shortcuts';

/** Whether the person wants shortcuts of one letter; kept in the browser. */
export function useLetters(): readonly [boolean, (on: boolean) => void] {
  const [on, setOn] = useState(() => localStorage.getItem(KEPT) !== 'off');
  const change = (next: boolean): void => {
    localStorage.setItem(KEPT, next ? 'on' : 'off');
    setOn(next);
  };
  return [on, change];
}
