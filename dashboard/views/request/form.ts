import { formatDuration } from '../../../core/duration.ts';
import type { Entitlement } from '../../api/types.ts';
import { secondsOf } from './durations.ts';
import { parameterMistake, specsOf } from './parameters.ts';
import { startInstant } from './start.ts';

/** What is typed into the form, as it is typed. */
export type Form = {
  /** An id or a title. */
  readonly entitlement: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly duration: string;
  readonly justification: string;
  readonly ticket: string;
  /** In the time zone of the person: `2026-11-27`, `14:30`. */
  readonly startDate: string;
  readonly startTime: string;
  /** One a line. */
  readonly actions: string;
  readonly resources: string;
};

export const EMPTY: Form = {
  ...{ entitlement: '', parameters: {}, duration: '', justification: '', ticket: '' },
  ...{ startDate: '', startTime: '', actions: '', resources: '' },
};

/** The body of `POST /v1/evaluate` and `POST /v1/grants`. */
export type RequestBody = {
  readonly entitlement: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly durationSeconds: number;
  readonly justification?: string;
  readonly ticket?: string;
  readonly startsAt?: string;
  readonly scope?: Scope;
};

type Scope = { readonly actions?: readonly string[]; readonly resources?: readonly string[] };

/** @param missing whether the field is only empty, which nobody is told before they are done */
export type Mistake = {
  readonly pointer: string;
  readonly detail: string;
  readonly missing: boolean;
};

export type Checked =
  | { readonly ok: true; readonly body: RequestBody }
  | { readonly ok: false; readonly mistakes: readonly Mistake[] };

/** The entitlement that is meant: by its id, or by its title. */
export function entitlementOf(typed: string, all: readonly Entitlement[]): Entitlement | undefined {
  const text = typed.trim();
  const same = (one: string): boolean => one.toLowerCase() === text.toLowerCase();
  return all.find(({ id }) => id === text) ?? all.find(({ id, title }) => same(id) || same(title));
}

/** Whether what is typed so far is a part of something that may be meant. */
export function mayBecomeOne(typed: string, all: readonly Entitlement[]): boolean {
  const text = typed.trim().toLowerCase();
  return all.some(({ id, title, description, labels }) =>
    [id, title, description ?? '', ...labels].some((one) => one.toLowerCase().includes(text)),
  );
}

/** The request that the form says, or what is still wrong with it. The broker checks all of it again. */
export function checkForm(form: Form, entitlement: Entitlement | undefined): Checked {
  const mistakes: Mistake[] = [];
  const wrong = (pointer: string, detail: string): void => {
    mistakes.push({ pointer, detail, missing: false });
  };
  const missing = (pointer: string, detail: string): void => {
    mistakes.push({ pointer, detail, missing: true });
  };
  if (entitlement === undefined) {
    if (form.entitlement.trim() === '') missing('/entitlement', 'Choose what you need.');
    else wrong('/entitlement', 'Choose one of the list: nothing that you may see has this name.');
    return { ok: false, mistakes };
  }
  const parameters: Record<string, string> = {};
  for (const spec of specsOf(entitlement)) {
    const value = filledIn(form, spec.name, spec.kind);
    const mistake = parameterMistake(spec, value);
    if (mistake === null) parameters[spec.name] = value;
    else if (value === '') missing(`/parameters/${spec.name}`, mistake);
    else wrong(`/parameters/${spec.name}`, mistake);
  }
  const durationSeconds = secondsOf(form.duration);
  if (form.duration.trim() === '') missing('/durationSeconds', 'Say how long you need it.');
  else if (durationSeconds === null) wrong('/durationSeconds', 'Write a duration: 15m or 1h30m.');
  else if (durationSeconds > entitlement.maxDurationSeconds)
    wrong('/durationSeconds', `Ask for at most ${formatDuration(entitlement.maxDurationSeconds)}.`);
  const justification = form.justification.trim();
  if (justification === '' && entitlement.justification === 'required')
    missing('/justification', 'Say in a sentence what you need it for.');
  const ticket = form.ticket.trim();
  if (ticket === '' && entitlement.breakGlass) missing('/ticket', 'Give the incident.');
  const startsAt = startInstant(form.startDate, form.startTime);
  if (startsAt === 'incomplete') missing('/startsAt', 'Give a day and a time, or neither.');
  else if (startsAt === 'wrong') wrong('/startsAt', 'Write a day and a time such as 14:30.');
  if (mistakes.length > 0) return { ok: false, mistakes };
  const scope = scopeOf(form);
  const body = {
    ...{ entitlement: entitlement.id, parameters, durationSeconds: durationSeconds ?? 0 },
    ...(justification !== '' && { justification }),
    ...(ticket !== '' && { ticket }),
    ...(startsAt !== null && { startsAt }),
    ...(scope !== null && { scope }),
  };
  return { ok: true, body };
}

/** A box that nobody ticked says no. */
function filledIn({ parameters }: Form, name: string, kind: string): string {
  const typed = parameters[name]?.trim() ?? '';
  return typed === '' && kind === 'boolean' ? 'false' : typed;
}

function scopeOf({ actions, resources }: Form): Scope | null {
  const scope = {
    ...(lines(actions).length > 0 && { actions: lines(actions) }),
    ...(lines(resources).length > 0 && { resources: lines(resources) }),
  };
  return Object.keys(scope).length === 0 ? null : scope;
}

export function lines(text: string): readonly string[] {
  return text
    .split(/[\s,]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
