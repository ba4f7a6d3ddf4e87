import { addSeconds, type Instant, secondsBetween } from './instant.ts';

/** What policies can ask about a vote besides: how the voter votes. */
export type VoterSignals = {
  /** Votes that the voter cast on other requests within five minutes. */
  readonly approverBurst: number;
  /** The vote comes less than ten seconds after the request. */
  readonly fastVote: boolean;
  /** The voter approved nothing of this requester within 90 days. */
  readonly neverMet: boolean;
};

/** A vote that the voter cast. */
export type CastVote = {
  readonly at: Instant;
  readonly grantId: string;
  readonly requester: string;
  readonly vote: 'approve' | 'deny';
  /** When the request, or the extension, began to wait for votes. */
  readonly requestedAt: Instant;
};

const BURST_SECONDS = 300;
const FAST_SECONDS = 10;

export type Voting = {
  readonly grantId: string;
  readonly requester: string;
  /** When the request, or the extension, began to wait for votes. */
  readonly requestedAt: Instant;
  readonly now: Instant;
};

/** @param votes Those of the 90 days before, in any order. */
export function voterSignals(
  votes: readonly CastVote[],
  { grantId, requester, requestedAt, now }: Voting,
): VoterSignals {
  const before = votes.filter(({ at }) => at < now);
  const burst = before.filter(
    (vote) => vote.grantId !== grantId && vote.at >= addSeconds(now, -BURST_SECONDS),
  );
  const met = before.some((vote) => vote.requester === requester && vote.vote === 'approve');
  return {
    approverBurst: burst.length,
    fastVote: isFastAfter(requestedAt, now),
    neverMet: !met,
  };
}

/** An approval that nobody can have thought about. */
export function isFast({ vote, requestedAt, at }: CastVote): boolean {
  return vote === 'approve' && isFastAfter(requestedAt, at);
}

function isFastAfter(requestedAt: Instant, at: Instant): boolean {
  return secondsBetween(requestedAt, at) < FAST_SECONDS;
}
