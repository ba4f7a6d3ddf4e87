import { setTimeout as sleep } from 'node:timers/promises';
import type { Grant } from '../broker/answers.ts';
import { canDrawLive, liveLine } from '../live-line.ts';
import { notes } from '../notes.ts';

/** What is said while a grant waits: a line for each status, and on a terminal the time that is left. */

const DRAW_MS = 250;

export type Countdown = {
  /** Shows the grant until it is time to ask again, or an interruption. */
  readonly tick: (grant: Grant, signal: AbortSignal) => Promise<void>;
  readonly clear: () => void;
};

export function countdown(pollMs: number): Countdown {
  let said = '';
  const { draw, clear } = liveLine();
  return {
    clear,
    async tick(grant, signal) {
      const until = performance.now() + pollMs;
      while (performance.now() < until && !signal.aborted) {
        const live = canDrawLive();
        if (said !== grant.status) {
          clear();
          notes.note(lineOf(grant), { grant });
        }
        said = grant.status;
        if (live) draw(leftOf(grant));
        await sleep(live ? DRAW_MS : pollMs, undefined, { signal }).catch(() => undefined);
      }
    },
  };
}

function lineOf({ id, status, approvals, startsAt }: Grant): string {
  if (status === 'scheduled') return `${id} starts in ${timeLeft(startsAt)}. Ctrl-C cancels it.`;
  const end = approvals.lapsesAt ? `, ${timeLeft(approvals.lapsesAt)} left` : '';
  return `${id} is waiting for approval (${votesOf(approvals)}${end}). Ctrl-C cancels it.`;
}

/** Short, so that it fits every terminal that people use. */
function leftOf({ status, approvals, startsAt }: Grant): string {
  if (status === 'scheduled') return `${timeLeft(startsAt)} to go`;
  const end = approvals.lapsesAt ? `, ${timeLeft(approvals.lapsesAt)} left` : '';
  return `${votesOf(approvals)} approved${end}`;
}

function votesOf({ required, votes }: Pick<Grant['approvals'], 'required' | 'votes'>): string {
  return `${votes.filter(({ vote }) => vote === 'approve').length} of ${required}`;
}

function timeLeft(until: string | null): string {
  const seconds = Math.max(0, Math.round((Date.parse(until ?? '') - Date.now()) / 1000)) || 0;
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return parts.map((part) => String(part).padStart(2, '0')).join(':');
}
