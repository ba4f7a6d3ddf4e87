import { withoutControlCharacters } from '../text.ts';

/** One line that shows as it is: what people write is data. */
export function oneLine(text: string): string {
  return withoutControlCharacters(text, ' ').replaceAll(/ {2,}/g, ' ').trim();
}

/**
 * Cuts a text whose characters may take more room than one each, such as `&`, which Slack wants as `&amp;`.
 *
 * @param room How many characters the result may have.
 */
export function cut(text: string, room: number, written: (character: string) => string): string {
  const parts = Array.from(text, written);
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  if (length <= room) return parts.join('');
  const kept: string[] = [];
  let left = room - 1;
  for (const part of parts) {
    if (part.length > left) break;
    kept.push(part);
    left -= part.length;
  }
  return `${kept.join('')}…`;
}
