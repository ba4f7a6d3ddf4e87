import { useState } from 'react';
import { draftOf, forgetDraft, keepDraft } from '../sign-in/drafts.ts';

export type Draft<T> = {
  readonly value: T;
  readonly set: (value: T) => void;
  readonly forget: () => void;
};

/** What is typed into a form, kept over the way to the identity provider and back. */
export function useDraft<T>(form: string, empty: T): Draft<T> {
  const [value, setValue] = useState<T>(() => draftOf<T>(form) ?? empty);
  const set = (next: T): void => {
    keepDraft(form, next);
    setValue(next);
  };
  const forget = (): void => {
    forgetDraft(form);
    setValue(empty);
  };
  return { value, set, forget };
}
