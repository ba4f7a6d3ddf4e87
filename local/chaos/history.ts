import type { Answer } from './answer.ts';

/** What happened, in order, so that a violation can be told with everything that led to it. */
export class History {
  private readonly begun = Date.now();
  private readonly lines: { readonly at: number; readonly about: string; readonly text: string }[] =
    [];
  readonly counts = { calls: 0, refused: 0, failed: 0, unanswered: 0 };
  readonly violations = new Map<string, string>();

  /** @param about Whom or what it concerns: the id of a grant or of a person, or `all`. */
  note(about: string, text: string): void {
    this.lines.push({ at: Date.now(), about, text });
  }

  called(sub: string, what: string, { status, body, begun, ended }: Answer): void {
    this.counts.calls += 1;
    if (status === null) this.counts.unanswered += 1;
    else if (status >= 500) this.counts.failed += 1;
    else if (status >= 400) this.counts.refused += 1;
    const grant = (body['grant'] as { readonly id?: string } | undefined)?.id ?? body['id'];
    const said = status !== null && status >= 400 ? ` “${body['detail'] ?? body['text']}”` : '';
    const text = `${sub}: ${what} → ${status ?? 'no answer'} in ${ended - begun} ms${said}`;
    this.note(`${sub} ${grant ?? ''} ${what}`, text);
  }

  /** The first of its kind on one thing is told, with its history. */
  violation(about: string, rule: string): void {
    const name = `${about}: ${rule}`;
    if (this.violations.has(name)) return;
    this.note(about, `VIOLATION ${rule}`);
    this.violations.set(name, this.of(about));
  }

  /** @param about Words, of which a line has to name one. */
  private of(about: string): string {
    const words = about.split(' ').filter((word) => word !== '');
    return this.lines
      .filter((line) => line.about === 'all' || words.some((word) => line.about.includes(word)))
      .map(({ at, text }) => `  ${((at - this.begun) / 1000).toFixed(2).padStart(8)} s  ${text}`)
      .join('\n');
  }
}
