/** Prints the demo step by step, and fails at the first claim that is not true. */

const colour = process.stdout.isTTY === true && process.env['NO_COLOR'] === undefined;
const paint = (code: number, text: string): string =>
  colour ? `\x1b[${code}m${text}\x1b[0m` : text;

/** @throws Error if a claim of the story is not true; the demo then fails. */
export function expect(truth: boolean, claim: string): void {
  if (!truth) throw new Error(`Not true: ${claim}`);
  console.log(`   ${paint(32, '✓')} ${claim}`);
}

export class Story {
  private readonly begun = performance.now();
  private steps = 0;

  say(text: string): void {
    console.log(`\n${paint(1, text)}`);
  }

  detail(text: string): void {
    console.log(`     ${paint(2, text)}`);
  }

  quote(text: string): void {
    console.log(`     “${text}”`);
  }

  line(text: string): void {
    console.log(`   ${text}`);
  }

  json(value: unknown): void {
    const text = JSON.stringify(value, null, 2);
    for (const line of text.split('\n')) this.detail(line);
  }

  async step<T = void>(title: string, play: () => Promise<T>): Promise<T> {
    this.steps += 1;
    this.say(`${this.steps}. ${title}`);
    const begun = performance.now();
    const made = await play();
    this.detail(`${((performance.now() - begun) / 1000).toFixed(2)} s`);
    return made;
  }

  /** A call to AWS that must succeed. */
  async allowed(what: string, call: Promise<unknown>): Promise<void> {
    await call;
    expect(true, `${what}: allowed`);
  }

  /** A call to AWS that IAM must refuse. */
  async refused(what: string, call: Promise<unknown>): Promise<void> {
    const error = await call.then(
      () => null,
      (reason: unknown) => reason,
    );
    const name = error instanceof Error ? error.name : 'no error';
    expect(name.startsWith('AccessDenied'), `${what}: refused by IAM (${name})`);
  }

  end(): void {
    const seconds = ((performance.now() - this.begun) / 1000).toFixed(1);
    this.say(`Every step did what it says, in ${seconds} s including the start of the stack.`);
  }

  fail(error: unknown): void {
    const text = error instanceof Error ? error.message : String(error);
    console.error(`\n${paint(31, '✗')} ${text}`);
  }
}
