/** Which grant somebody means who pasted its id, a link to it, or the beginning of its id. */

const WHOLE = /gr_[0-9a-hjkmnp-tv-z]{20}/;
const BEGINNING = /^(?:gr_)?[0-9a-hjkmnp-tv-z]{4,20}$/;

export type Found = { readonly id: string } | { readonly wrong: string };

/** @param shown the ids that are on the screen: the server finds whole ids only. */
export function findGrantId(text: string, shown: readonly string[]): Found {
  const typed = text.trim().toLowerCase();
  if (typed === '') return { wrong: 'Paste the id of a grant, or a link to it.' };
  const whole = WHOLE.exec(typed);
  if (whole !== null) return { id: whole[0] };
  if (!BEGINNING.test(typed)) return { wrong: NOT_AN_ID };
  const start = typed.startsWith('gr_') ? typed : `gr_${typed}`;
  const [first, second] = shown.filter((id) => id.startsWith(start));
  if (first === undefined) return { wrong: NOT_HERE };
  return second === undefined ? { id: first } : { wrong: 'Several of these begin so. Type more.' };
}

const NOT_AN_ID =
  'An id is gr_ and 20 letters and digits. Text cannot be searched: use the filters.';
const NOT_HERE =
  'None of the rows below begins so. For any other grant the whole id is needed: gr_ and 20 characters.';
