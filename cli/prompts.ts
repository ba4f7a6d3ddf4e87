import { Failure } from './failure.ts';
import { type Check, type Choice, plainConfirm, plainSelect, plainText } from './plain-prompts.ts';
import { canRedraw } from './terminal.ts';

/** Whether the command may prompt: only on a terminal, and never in CI. */
export function canPrompt(): boolean {
  return (
    process.stdin.isTTY === true && process.stderr.isTTY === true && process.env['CI'] === undefined
  );
}

/** Prompts are drawn anew with every key, which needs a terminal that can do that. */
const drawn = (): boolean => canRedraw(process.stderr, process.env);

/** Prompts go to stderr, so that stdout has only the answer. */
export async function choose(message: string, options: readonly Choice[]): Promise<string> {
  if (!drawn()) return plainSelect(message, options);
  const { select } = await import('@clack/prompts');
  return answered(await select({ message, options: [...options], output: process.stderr }));
}

/** Prompts until the answer passes the check. */
export async function promptText(
  message: string,
  placeholder = '',
  initialValue = '',
  check: Check = () => null,
): Promise<string> {
  if (!drawn()) return plainText(message, initialValue, check);
  const { text } = await import('@clack/prompts');
  const validate = (answer: string | undefined): string | undefined => {
    const mistake = check(answer ?? '');
    return mistake === null ? undefined : `It ${mistake}.`;
  };
  const given = { message, placeholder, initialValue, validate, output: process.stderr };
  // Clack returns nothing for an empty answer.
  return answered(await text(given)) ?? '';
}

export async function confirmed(message: string): Promise<boolean> {
  if (!drawn()) return plainConfirm(message);
  const { confirm } = await import('@clack/prompts');
  return answered(await confirm({ message, output: process.stderr }));
}

/** Clack returns a symbol if the user cancels the prompt. */
function answered<T>(answer: T): Exclude<T, symbol> {
  if (typeof answer === 'symbol') throw cancelled();
  return answer as Exclude<T, symbol>;
}

function cancelled(): Failure {
  return new Failure('interrupted', 'Cancelled; nothing was sent.');
}
