const moment = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** A moment in a sentence, as the person's language writes it. */
export function inMoment(at: string): string {
  return moment.format(new Date(at));
}
