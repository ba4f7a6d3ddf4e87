/** A later start, in the time zone of the person. */

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const TIME = /^\d{2}:\d{2}$/;

/** @returns the instant, null for a start at once, or what is the matter */
export function startInstant(date: string, time: string): string | null | 'incomplete' | 'wrong' {
  if (date === '' && time === '') return null;
  if (date === '' || time === '') return 'incomplete';
  if (!DAY.test(date) || !TIME.test(time)) return 'wrong';
  const at = new Date(`${date}T${time}`);
  return Number.isNaN(at.getTime()) ? 'wrong' : utc(at);
}

/** The day and the time that the form shows for an instant; empty where it is none. */
export function startFields(instant: string): { startDate: string; startTime: string } {
  const at = new Date(instant);
  if (Number.isNaN(at.getTime())) return { startDate: '', startTime: '' };
  const two = (part: number): string => String(part).padStart(2, '0');
  return {
    startDate: `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`,
    startTime: `${two(at.getHours())}:${two(at.getMinutes())}`,
  };
}

function utc(at: Date): string {
  return at.toISOString().replace(/\.\d{3}Z$/, 'Z');
}
