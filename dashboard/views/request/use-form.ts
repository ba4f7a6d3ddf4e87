import { useState } from 'react';
import type { Entitlement } from '../../api/types.ts';
import { inDuration } from '../../parts/time.tsx';
import { goTo, linkTo } from '../../place.ts';
import { draftOf, forgetDraft, keepDraft } from '../../sign-in/drafts.ts';
import { usualSeconds } from './durations.ts';
import { EMPTY, entitlementOf, type Form } from './form.ts';
import { type Draft, startOf } from './link.ts';

const DRAFT = 'request';

export type FormState = {
  readonly form: Form;
  readonly entitlement: Entitlement | undefined;
  readonly change: (change: Partial<Form>) => void;
  readonly startOver: () => void;
};

/** What is typed, kept as a draft at every change. */
export function useForm(query: URLSearchParams, all: readonly Entitlement[]): FormState {
  const from = query.toString();
  const [form, setForm] = useState(() =>
    filled(startOf(query, draftOf<Draft>(DRAFT)), undefined, all),
  );
  const keep = (next: Form): void => {
    keepDraft(DRAFT, { from, form: next } satisfies Draft);
    setForm(next);
  };
  const entitlement = entitlementOf(form.entitlement, all);
  return {
    form,
    entitlement,
    change: (change) => keep(filled({ ...form, ...change }, entitlement, all)),
    startOver: () => {
      forgetDraft(DRAFT);
      setForm(EMPTY);
      goTo(linkTo('request'));
    },
  };
}

export function forgetForm(): void {
  forgetDraft(DRAFT);
}

/** The usual duration of what was just chosen, unless another was typed. */
function filled(form: Form, before: Entitlement | undefined, all: readonly Entitlement[]): Form {
  const chosen = entitlementOf(form.entitlement, all);
  if (chosen === undefined || chosen === before) return form;
  const untouched = before === undefined ? '' : inDuration(usualSeconds(before));
  if (form.duration !== '' && form.duration !== untouched) return form;
  return { ...form, duration: inDuration(usualSeconds(chosen)) };
}
