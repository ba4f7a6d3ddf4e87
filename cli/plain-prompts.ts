import { createInterface } from 'node:readline';
import { Failure } from './failure.ts';

/** Prompts of whole lines, for terminals that cannot draw a line anew (`TERM=dumb`). */

export type Choice = { readonly value: string; readonly label: string; readonly hint?: string };

/** What is wrong with an answer, as a predicate such as `is empty`; null if nothing is. */
export type Check = (answer: string) => string | null;

export async function plainText(message: string, usual: string, check: Check): Promise<string> {
  const question = usual === '' ? `${message} ` : `${message} [${usual}] `;
  for (;;) {
    const answer = (await lineFor(question)) || usual;
    const mistake = check(answer);
    if (mistake === null) return answer;
    process.stderr.write(`It ${mistake}.\n`);
  }
}

export async function plainSelect(message: string, options: readonly Choice[]): Promise<string> {
  for (const [index, { label }] of options.entries()) {
    process.stderr.write(`${index + 1}. ${label}\n`);
  }
  const isListed = (text: string): boolean => options[Number(text) - 1] !== undefined;
  const check = (text: string) =>
    isListed(text) ? null : `is not a number from 1 to ${options.length}`;
  const number = await plainText(message, '', check);
  return options[Number(number) - 1]?.value ?? '';
}

export async function plainConfirm(message: string): Promise<boolean> {
  const check = (text: string) => (/^(y|yes|n|no)$/i.test(text) ? null : 'is neither yes nor no');
  return /^y/i.test(await plainText(message, 'yes', check));
}

/** @throws Failure if the input ends instead. */
function lineFor(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, terminal: false });
  process.stderr.write(question);
  return new Promise<string>((resolve, reject) => {
    lines.once('line', resolve);
    lines.once('close', () => {
      reject(new Failure('interrupted', 'Cancelled; nothing was sent.'));
    });
  }).finally(() => lines.close());
}
