import type * as z from 'zod';
import type * as responses from '../../core/api/responses.ts';

type ProblemDocument = z.infer<typeof responses.problem>;

/** What the broker answers where it says no (RFC 9457). */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly document: ProblemDocument;
  /** Seconds until it is worth asking again; null where the broker does not say. */
  readonly retryAfter: number | null;

  constructor(document: ProblemDocument, retryAfter: number | null) {
    super(document.detail);
    this.document = document;
    this.retryAfter = retryAfter;
  }

  get status(): number {
    return this.document.status;
  }
}

/** No answer at all: the network, or the broker, is away. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';

  constructor() {
    super('The broker cannot be reached. Check your connection; this page tries again by itself.');
  }
}

/** The session ended and nothing can be done without the person. */
export class SessionEnded extends Error {
  override readonly name = 'SessionEnded';
}

/** Whether the broker may have carried out what it did not answer: only the same key makes it safe to send it again. */
export function mayHaveBeenDone(error: unknown): boolean {
  return error instanceof NoAnswer || (error instanceof Problem && error.status >= 500);
}

/** The text for the person: what was wrong, and where a field is wrong, which. */
export function inWords(error: unknown): string {
  if (error instanceof Problem) {
    const fields = (error.document.errors ?? []).map(
      ({ pointer, detail }) => `${pointer.slice(1).replaceAll('/', ' › ')} ${detail}`,
    );
    return [error.document.detail, ...fields.map((field) => `${field}.`)].join(' ');
  }
  return error instanceof Error ? error.message : 'Something went wrong. Load the page again.';
}

/** The detail for one field of a form, by its JSON pointer. */
export function fieldError(error: unknown, pointer: string): string | null {
  if (!(error instanceof Problem)) return null;
  return error.document.errors?.find((found) => found.pointer === pointer)?.detail ?? null;
}
