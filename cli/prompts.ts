import { Failure } from './failure.ts';

/** Whether somebody sits there who can be asked: never in CI, never in a pipe. */
export function canAsk(): boolean {
  return (
    process.stdin.isTTY === true && process.stderr.isTTY === true && process.env['CI'] === undefined
  );
}

export type Choice = { readonly value: string; readonly label: string; readonly hint?: string };

/** Questions go to stderr, so that answers in a pipe stay clean. */
export async function choose(message: string, options: readonly Choice[]): Promise<string> {
  const { select } = await import('@clack/prompts');
  return answered(await select({ message, options: [...options], output: process.stderr }));
}

export async function ask(message: string, placeholder = '', initial = ''): Promise<string> {
  const { text } = await import('@clack/prompts');
  const given = await text({
    ...{ message, placeholder, initialValue: initial, output: process.stderr },
  });
  return answered(given);
}

export async function confirmed(message: string): Promise<boolean> {
  const { confirm } = await import('@clack/prompts');
  return answered(await confirm({ message, output: process.stderr }));
}

/** Clack answers with a symbol when the question was cancelled. */
function answered<T>(answer: T): Exclude<T, symbol> {
  if (typeof answer === 'symbol') throw new Failure('interrupted', 'Cancelled; nothing was sent.');
  return answer as Exclude<T, symbol>;
}
