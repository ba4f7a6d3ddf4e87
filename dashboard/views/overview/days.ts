import type { Stats } from '../../api/types.ts';
import { outcomeInWords } from '../../parts/status.tsx';

const short = new Intl.DateTimeFormat(undefined, {
  ...{ month: 'short', day: 'numeric', timeZone: 'UTC' },
});
const long = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeZone: 'UTC' });

export function shortDay(date: string): string {
  return short.format(new Date(date));
}

/** "Nov 26, 2026: 5 allowed at once, 2 needs approval, none denied" in the words of outcomes. */
export function dayInWords(day: Stats['days'][number]): string {
  const parts = (['allow', 'approve', 'deny'] as const).map(
    (outcome) => `${outcomeInWords(outcome)}: ${day[outcome].toLocaleString()}`,
  );
  return `${long.format(new Date(day.date))}. ${parts.join(', ')}`;
}
