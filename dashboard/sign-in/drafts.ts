/** What people have typed and not sent yet. It is only in memory, but for the way to the identity provider and back. */
const drafts = new Map<string, unknown>();

export function keepDraft(form: string, value: unknown): void {
  drafts.set(form, value);
}

export function draftOf<T>(form: string): T | null {
  return (drafts.get(form) as T | undefined) ?? null;
}

export function forgetDraft(form: string): void {
  drafts.delete(form);
}

/** Somebody else has signed in. */
export function forgetDrafts(): void {
  drafts.clear();
}

export function allDrafts(): Readonly<Record<string, unknown>> {
  return Object.fromEntries(drafts);
}

export function restoreDrafts(kept: Readonly<Record<string, unknown>>): void {
  for (const [form, value] of Object.entries(kept)) drafts.set(form, value);
}
