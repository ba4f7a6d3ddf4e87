import { inJson } from './notes.ts';
import { canRedraw } from './terminal.ts';

/** A line on stderr that is drawn anew in place. */
export type LiveLine = {
  readonly draw: (text: string) => void;
  readonly clear: () => void;
};

const CLEAR_LINE = '\r\u001b[2K';

export function canDrawLive(): boolean {
  return !inJson && canRedraw(process.stderr, process.env);
}

export function liveLine(): LiveLine {
  let drawn = '';
  let width = 0;
  return {
    /** It must not wrap: it is cut at the width that the terminal has now. */
    draw(text) {
      const columns = process.stderr.columns;
      // A narrower terminal may have wrapped what was drawn, and which rows that took is not known.
      const start = columns < width && drawn.length >= columns ? '\r\n' : CLEAR_LINE;
      width = columns;
      drawn = text.slice(0, Math.max(0, columns - 1));
      process.stderr.write(`${start}${drawn}`);
    },
    clear() {
      if (drawn !== '') process.stderr.write(CLEAR_LINE);
      drawn = '';
    },
  };
}
