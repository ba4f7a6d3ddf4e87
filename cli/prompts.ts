import { Failure } from './failure.ts';

/** Whether the command may prompt: only on a terminal, and never in CI. */
export function canPrompt(): boolean {
  return (
    process.stdin.isTTY === true && process.stderr.isTTY === true && process.env['CI'] === undefined
  );
}

export type Choice = { readonly value: string; readonly label: string; readonly hint?: string };

/** Prompts go to stderr, so that stdout has only the answer. */
export async function choose(message: string, options: readonly Choice[]): Promise<string> {
  const { select } = await import('@clack/prompts');
  return answered(await select({ message, options: [...options], output: process.stderr }));
}

export async function promptText(
  message: string,
  placeholder = '',
  initialValue = '',
): Promise<string> {
  const { text } = await import('@clack/prompts');
  return answered(await text({ message, placeholder, initialValue, output: process.stderr }));
}

export async function confirmed(message: string): Promise<boolean> {
  const { confirm } = await import('@clack/prompts');
  return answered(await confirm({ message, output: process.stderr }));
}

/** Clack returns a symbol if the user cancels the prompt. */
function answered<T>(answer: T): Exclude<T, symbol> {
  if (typeof answer === 'symbol') throw new Failure('interrupted', 'Cancelled; nothing was sent.');
  return answer as Exclude<T, symbol>;
}
