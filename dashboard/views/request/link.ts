import { EMPTY, type Form, lines } from './form.ts';
import { startFields, startInstant } from './start.ts';

/** A link that fills the form, for runbooks and chat: it sends nothing by itself. */

const PARAMETER = 'param.';
/** What a parameter may be called; anything else is not of ours. */
const NAME = /^[a-z][a-zA-Z0-9]{0,31}$/;

export function formOf(query: URLSearchParams): Form {
  const text = (name: string): string => query.get(name) ?? '';
  const parameters = [...query].flatMap(([name, value]) =>
    name.startsWith(PARAMETER) && NAME.test(name.slice(PARAMETER.length))
      ? [[name.slice(PARAMETER.length), value] as const]
      : [],
  );
  return {
    ...EMPTY,
    entitlement: text('entitlement'),
    parameters: Object.fromEntries(parameters),
    duration: text('duration'),
    justification: text('justification'),
    ticket: text('ticket'),
    ...startFields(text('startsAt')),
    actions: query.getAll('action').join('\n'),
    resources: query.getAll('resource').join('\n'),
  };
}

/** @param entitlement its id, or what is typed instead of one */
export function linkToForm(form: Form, entitlement: string): string {
  const startsAt = startInstant(form.startDate, form.startTime);
  const isStart = startsAt !== null && startsAt !== 'incomplete' && startsAt !== 'wrong';
  const { duration, justification, ticket } = form;
  const query = new URLSearchParams(
    [
      ...Object.entries({ entitlement, duration, justification, ticket }),
      ...(isStart ? [['startsAt', startsAt]] : []),
      ...Object.entries(form.parameters).map(([name, value]) => [`${PARAMETER}${name}`, value]),
      ...lines(form.actions).map((action) => ['action', action]),
      ...lines(form.resources).map((resource) => ['resource', resource]),
    ].filter(([, value]) => value !== ''),
  ).toString();
  return query === '' ? '#/request' : `#/request?${query}`;
}

/** What was typed, and the link that it began with. */
export type Draft = { readonly from: string; readonly form: Form };

/** A link fills the form anew; what was typed since, over a new sign-in or on another view, is not lost. */
export function startOf(query: URLSearchParams, draft: Draft | null): Form {
  const from = query.toString();
  if (draft !== null && (from === '' || draft.from === from)) return draft.form;
  return formOf(query);
}
