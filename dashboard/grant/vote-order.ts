import { fieldError, inWords, Problem } from '../api/problem.ts';
import type { Grant } from '../api/types.ts';
import { approvalsInWords, type Waiting } from './waiting.ts';

/** What a vote sends, and what its answer means. */

export type Choice = 'approve' | 'deny';
export type Typed = { readonly comment: string; readonly matchCode: string };

export type VoteBody = {
  readonly comment?: string;
  readonly matchCode?: string;
  readonly extension?: string;
};

/** A vote on an extension names it, so that it never counts for one that the voter has not seen. */
export function voteBody(
  choice: Choice,
  waiting: Waiting,
  { comment, matchCode }: Typed,
): VoteBody {
  const said = oneLine(comment);
  const needsCode = choice === 'approve' && waiting.approvals.matchCode !== undefined;
  return {
    ...(said !== '' && { comment: said }),
    ...(needsCode && { matchCode: matchCode.trim() }),
    ...(waiting.kind === 'extension' && { extension: waiting.askedAt }),
  };
}

/** The broker takes no line breaks, which could forge log lines and mails. */
export function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}

export type VoteRefusal =
  /** Of the field for the code. */
  | { readonly kind: 'code'; readonly text: string }
  /** Somebody, or time, was faster; `grant` is how it stands now. */
  | { readonly kind: 'decided'; readonly text: string; readonly grant: Grant | null }
  | { readonly kind: 'refused'; readonly text: string }
  | { readonly kind: 'failed'; readonly error: unknown };

export function explainRefusal(error: unknown, sent: VoteBody): VoteRefusal {
  if (!(error instanceof Problem)) return { kind: 'failed', error };
  const { status, document } = error;
  const text = inWords(error);
  const field = fieldError(error, '/matchCode');
  if (field !== null) return { kind: 'code', text: `The code ${field}.` };
  if (status === 409) return { kind: 'decided', text, grant: document.grant ?? null };
  if (status !== 403) return { kind: 'failed', error };
  // A wrong code is refused like a vote that policy does not permit, but the tries are counted.
  if (sent.matchCode === undefined || document.grant === undefined)
    return { kind: 'refused', text };
  const { status: state, extension, approvals } = document.grant;
  const tries = (extension?.approvals ?? approvals).matchCode?.triesLeft;
  if (tries === 0 || state === 'denied') return { kind: 'decided', text, grant: document.grant };
  return text.includes('match code') ? { kind: 'code', text } : { kind: 'refused', text };
}

/** The notice of what a vote did; `after` is the grant that the vote answered. */
export function votedInWords(
  choice: Choice,
  { kind }: Waiting,
  after: Grant,
  title: string,
): string {
  const what = `${title} for ${after.requester.name}`;
  if (kind === 'extension') {
    if (after.extension !== null) return counted(choice, after.extension.approvals, what);
    return choice === 'approve'
      ? `Approved: ${what} lasts longer now.`
      : `Denied: ${what} is not extended, and ends as before.`;
  }
  if (after.status === 'pending') return counted(choice, after.approvals, what);
  if (after.status === 'denied') return `Denied: ${what}.`;
  const begins = after.status === 'scheduled' ? 'begins as planned' : 'is active now';
  return `Approved: ${what} ${begins}.`;
}

function counted(choice: Choice, approvals: Grant['approvals'], what: string): string {
  const vote = choice === 'approve' ? 'approve' : 'deny';
  return `You voted to ${vote} ${what}: ${approvalsInWords(approvals)}. It still waits for others.`;
}
