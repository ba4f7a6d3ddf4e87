import { InvalidArgumentError } from 'commander';
import { formatDuration } from '../../core/duration.ts';
import type { EntitlementInfo } from '../broker/answers.ts';
import { duration, type RequestOptions } from '../options.ts';
import type { Check } from '../plain-prompts.ts';
import { choose, promptText } from '../prompts.ts';
import { plain } from '../terminal.ts';

/** Prompts for the parts of a request. Each answer is checked where it is given. */

type Spec = EntitlementInfo['parameters']['properties'][string];

/** The duration of a request without `--for`, if the entitlement allows it. */
const DEFAULT_SECONDS = 3600;

export function defaultSeconds({ maxDurationSeconds }: EntitlementInfo): number {
  return Math.min(DEFAULT_SECONDS, maxDurationSeconds);
}

/** Prompts for required values; if `everything`, also for the duration. */
export async function promptForMissing(
  chosen: EntitlementInfo,
  options: RequestOptions,
  everything: boolean,
): Promise<RequestOptions> {
  const parameter: Record<string, string> = { ...options.parameter };
  for (const [name, spec] of Object.entries(chosen.parameters.properties)) {
    parameter[name] ??= await promptForParameter(name, spec);
  }
  const seconds = options.for ?? (everything ? await promptForDuration(chosen) : undefined);
  const needsReason = chosen.justification === 'required' && !options.reason;
  const reason = needsReason ? await promptForReason(chosen) : options.reason;
  return {
    ...options,
    parameter,
    ...(seconds !== undefined && { for: seconds }),
    ...(reason !== undefined && { reason }),
  };
}

export function promptForParameter(name: string, spec: Spec, before = ''): Promise<string> {
  const message = `${plain(name)}: ${plain(spec.description ?? spec.pattern ?? '')}`;
  const values = spec.type === 'boolean' ? ['false', 'true'] : spec.enum;
  if (values === undefined) return promptText(message, '', before, checkOf(spec));
  return choose(
    message,
    values.map((value) => ({ value, label: plain(value) })),
  );
}

export async function promptForDuration(chosen: EntitlementInfo, before?: number): Promise<number> {
  const most = formatDuration(chosen.maxDurationSeconds);
  const usual = formatDuration(before ?? defaultSeconds(chosen));
  const check: Check = (text) => {
    const seconds = secondsOf(text);
    if (typeof seconds === 'string') return `is not a duration: ${seconds}`;
    return seconds > chosen.maxDurationSeconds ? `may be at most ${most}` : null;
  };
  const answer = await promptText(`For how long? At most ${most}`, usual, usual, check);
  return Number(secondsOf(answer));
}

export function promptForReason(chosen: EntitlementInfo, before = ''): Promise<string> {
  const check: Check = (text) =>
    text.trim() === '' && chosen.justification === 'required' ? 'is empty' : null;
  return promptText('What for?', 'in a sentence', before, check);
}

/** The seconds, or what is wrong with the text. */
function secondsOf(text: string): number | string {
  try {
    return duration(text.trim());
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    return error.message.replace(/^Please /, '').replace(/\.$/, '');
  }
}

/** As the broker will check it, so that a mistake shows before the other questions are answered. */
function checkOf({ pattern, maxLength, description }: Spec): Check {
  const shape = pattern === undefined ? null : shapeOf(pattern);
  return (text) => {
    if (text === '') return 'is empty';
    if (maxLength !== undefined && text.length > maxLength) {
      return `has more than ${maxLength} characters`;
    }
    if (shape === null || shape.test(text)) return null;
    return plain(
      `does not match ${pattern}${description === undefined ? '' : ` (${description})`}`,
    );
  };
}

/** A pattern that this Node does not know is for the broker to check. */
function shapeOf(pattern: string): RegExp | null {
  try {
    return new RegExp(pattern, 'u');
  } catch {
    return null;
  }
}
