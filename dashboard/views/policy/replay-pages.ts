import type { ReplayAnswer, ReplayedChange } from '../../engine/messages.ts';

/** Replays recorded decisions page by page, the newest first, so that the first changes are seen at once. */

export type Progress = {
  readonly replayed: number;
  readonly changes: readonly ReplayedChange[];
  readonly guessed: number;
  readonly unread: readonly string[];
  /** Whether there are no more: all wanted ones, or all that there are. */
  readonly done: boolean;
};

export type Page = {
  readonly decisions: readonly object[];
  readonly nextCursor: string | null;
};

export type Run = {
  readonly wanted: number;
  readonly read: (path: string) => Promise<Page>;
  readonly replay: (decisions: readonly object[]) => Promise<ReplayAnswer>;
  readonly tell: (progress: Progress) => void;
  readonly signal: AbortSignal;
};

const PAGE = 100;

export const NOTHING_YET: Progress = {
  ...{ replayed: 0, changes: [], guessed: 0, unread: [] },
  done: false,
};

export async function runReplay({ wanted, read, replay, tell, signal }: Run): Promise<void> {
  let progress = NOTHING_YET;
  let cursor: string | null = null;
  let taken = 0;
  while (!progress.done) {
    const query = new URLSearchParams({ limit: String(Math.min(PAGE, wanted - taken)) });
    if (cursor !== null) query.set('cursor', cursor);
    const page = await read(`/v1/decisions?${query}`);
    const answer = await replay(page.decisions);
    if (signal.aborted) return;
    taken += page.decisions.length;
    cursor = page.nextCursor;
    progress = {
      replayed: progress.replayed + answer.replayed,
      changes: [...progress.changes, ...answer.changes],
      guessed: progress.guessed + answer.guessed,
      unread: [...progress.unread, ...answer.unread],
      done: cursor === null || taken >= wanted,
    };
    tell(progress);
  }
}

export type Kind = 'allowed' | 'approval' | 'denied';

/** What a change means for the person who asked. */
export function kindOf({ after }: ReplayedChange): Kind {
  if (after.outcome === 'allow') return 'allowed';
  return after.outcome === 'approve' ? 'approval' : 'denied';
}
