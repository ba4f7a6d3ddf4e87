import { parseTypedDuration } from '../../../core/duration.ts';
import type { Entitlement } from '../../api/types.ts';

export function secondsOf(typed: string): number | null {
  const parsed = parseTypedDuration(typed.trim().replaceAll(' ', ''));
  return parsed.ok ? parsed.value : null;
}

/** What a person needs as a rule, as the command asks for it. */
const USUAL_SECONDS = 3600;

const CHOICES = [900, 1800, 3600, 2 * 3600, 4 * 3600, 8 * 3600];

export function usualSeconds({ maxDurationSeconds }: Entitlement): number {
  return Math.min(USUAL_SECONDS, maxDurationSeconds);
}

/** Durations to choose by a click: the usual ones, and the longest. */
export function durationChoices({ maxDurationSeconds }: Entitlement): readonly number[] {
  const usual = CHOICES.filter((seconds) => seconds < maxDurationSeconds);
  return [...usual.slice(0, 4), maxDurationSeconds];
}
