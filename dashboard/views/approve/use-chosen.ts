import { useEffect, useRef } from 'react';
import type { Grant } from '../../api/types.ts';
import { goTo, linkTo, type Place } from '../../place.ts';
import { rowId } from './list.tsx';
import { nextToVote, stepFrom } from './next-to-vote.ts';
import type { Shortcut } from './shortcuts.ts';

/** Which request is shown: the URL has it, so that it never changes under the person's hands. */
export function useChosen(place: Place, grants: readonly Grant[]) {
  const ids = grants.map(({ id }) => id);
  const chosen = place.query.get('grant');
  const focusNext = useRef<string | null>(null);
  const seen = useRef<readonly string[]>(ids);
  const now = useRef<readonly string[]>(ids);
  const [first] = ids;

  useEffect(() => {
    now.current = ids;
    if (chosen !== null && ids.includes(chosen)) seen.current = ids;
    if (focusNext.current === null) return;
    const row = document.getElementById(focusNext.current);
    if (row === null) return;
    focusNext.current = null;
    row.focus();
  });
  useEffect(() => {
    if (chosen === null && first !== undefined && place.parts[0] === 'approve') {
      goTo(linkTo('approve', { grant: first }), { replace: true });
    }
  }, [chosen, first, place]);

  const show = (id: string | null): void => {
    const target = id === null ? 'nothing-waits' : rowId(id);
    const row = document.getElementById(target);
    // What is there gets the focus at once: later, it would be taken from whoever has begun to type.
    focusNext.current = row === null ? target : null;
    row?.focus();
    goTo(linkTo('approve', { grant: id }), { replace: true });
  };
  const afterVote = (): void => {
    if (chosen !== null) show(nextToVote(seen.current, now.current, chosen));
  };
  const act = (shortcut: Shortcut): void => {
    if (shortcut === 'next' || shortcut === 'previous') {
      const to = stepFrom(ids, chosen, shortcut === 'next' ? 1 : -1);
      if (to !== null) show(to);
      return;
    }
    const target = document.querySelector<HTMLElement>(TARGETS[shortcut]);
    target?.focus();
    target?.scrollIntoView({ block: 'nearest' });
  };
  return { chosen, act, afterVote };
}

const TARGETS = {
  comment: '#chosen-request textarea',
  approve: '#chosen-request [data-vote="approve"]',
  deny: '#chosen-request [data-vote="deny"]',
} as const;
