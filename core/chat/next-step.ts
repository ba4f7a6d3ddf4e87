import type { Announcement, FollowUp } from './announcement.ts';
import type { Posted } from './chat-ports.ts';

/** What a place should have about a grant now. */
export type Wanted = {
  /** Somebody should see it who has not: without this, no message is begun. */
  readonly needsPeople: boolean;
  /** Break-glass is told one by one, however many there are. */
  readonly always: boolean;
  readonly announcement: Announcement;
  /** Changes where the message has to be written anew. */
  readonly edition: string;
  readonly followUps: readonly FollowUp[];
};

export type Step =
  | { readonly kind: 'nothing' | 'post' | 'update' }
  | { readonly kind: 'follow-up'; readonly followUp: FollowUp };

const NOTHING = { kind: 'nothing' } as const;

/** The next thing to do in a place, from what it has and what it should have: repeats of a notice find nothing to do. */
export function nextStep(
  posted: Pick<Posted, 'shows' | 'followedUp' | 'silent'> | null,
  { needsPeople, always, edition, followUps }: Wanted,
): Step {
  if (posted === null || posted.shows === null) {
    if (!needsPeople || (posted?.silent === true && !always)) return NOTHING;
    return { kind: 'post' };
  }
  if (posted.shows !== edition) return { kind: 'update' };
  const followUp = followUps.find(({ key }) => !posted.followedUp.includes(key));
  return followUp === undefined ? NOTHING : { kind: 'follow-up', followUp };
}
