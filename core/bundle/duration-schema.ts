import * as z from 'zod';
import { parseDuration } from '../duration.ts';

/** A duration as bundle files write it, in seconds. */
export const duration = z
  .string('is not a duration; write a whole number and a unit: 90s, 15m, 8h or 7d')
  .transform((text, context) => {
    const seconds = parseDuration(text);
    if (seconds.ok) return seconds.value;
    context.addIssue(`is not a duration; ${seconds.error}`);
    return z.NEVER;
  });
