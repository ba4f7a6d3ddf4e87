import { expect } from '@jest/globals';
import { looksLike } from './documentation.ts';

/** What a story on a stack of its own prints, step by step, and what a page shows of it. */

export const stepsIn = (text: string): readonly string[] =>
  text
    .trim()
    .split(/\n\n/)
    .map((step) => step.trimEnd());

/**
 * @param comparable Takes out what differs from run to run.
 */
export function expectShown(
  printed: string,
  shown: string,
  comparable: (text: string) => string,
): void {
  const steps = stepsIn(printed);
  for (const step of stepsIn(shown)) {
    const number = /^(\d+\.|Every)/.exec(step)?.[0] ?? '';
    const now = comparable(steps.find((one) => one.startsWith(number)) ?? '');
    if (!looksLike(now, comparable(step))) expect(now).toBe(comparable(step));
  }
}
