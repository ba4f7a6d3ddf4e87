import { parseArgs } from 'node:util';

export type ChaosOptions = {
  readonly minutes: number;
  readonly seed: number;
  /** The state folder of a stack that runs already. Default: a stack of its own. */
  readonly state: string | null;
};

/** @throws Error that says what is wrong with the command line */
export function chaosOptions(args: readonly string[]): ChaosOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: 'string', default: '5' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      state: { type: 'string' },
    },
  });
  return {
    minutes: positive('minutes', values.minutes),
    seed: positive('seed', values.seed),
    state: values.state ?? null,
  };
}

function positive(name: string, text: string): number {
  const number = Number(text);
  if (text.trim() !== '' && Number.isFinite(number) && number > 0) return number;
  throw new Error(`--${name} is ${text}; give a number above 0.`);
}
