import type { Unavailable } from '../failure.ts';
import type { Instant } from '../instant.ts';
import type { Result } from '../result.ts';
import type { Announcement, FollowUp } from './announcement.ts';
import type { Place } from './place.ts';

/** Where a message is that can be updated; null in Teams, where none can. */
export type MessageRef = { readonly channel: string; readonly ts: string } | null;

export type ChatFailure =
  /** Try again, and not earlier. */
  | { readonly code: 'limited'; readonly afterSeconds: number }
  /** Try again: it did not answer, or its credential does not work (any more). */
  | { readonly code: 'unavailable'; readonly reason: string }
  /** Trying again is no use. */
  | { readonly code: 'refused'; readonly reason: string }
  /** Somebody deleted the message. */
  | { readonly code: 'gone' }
  /** Nobody there has this address. */
  | { readonly code: 'nobody' };

/** Talks to one place. */
export type Messenger = {
  readonly post: (announcement: Announcement) => Promise<Result<MessageRef, ChatFailure>>;
  readonly update: (
    message: MessageRef,
    announcement: Announcement,
  ) => Promise<Result<MessageRef, ChatFailure>>;
  readonly followUp: (
    message: MessageRef,
    followUp: FollowUp,
  ) => Promise<Result<null, ChatFailure>>;
};

export type MessengerOf = (place: Place) => Messenger;

/** What is known of one message: the item in the table. */
export type Posted = {
  /** The grant, or the crowd. */
  readonly about: string;
  readonly place: string;
  /** Raised by every write. */
  readonly revision: number;
  /** Somebody writes to the place, and nobody else before then. */
  readonly busyUntil: Instant | null;
  readonly message: MessageRef;
  /** What the message says, as a hash; null while there is none. */
  readonly shows: string | null;
  /** The keys of the lines that it had, or needs no more. */
  readonly followedUp: readonly string[];
  /** There is no message, and none is wanted: see the digest, or nobody there knows the person. */
  readonly silent: boolean;
};

export type ChatStore = {
  /** All of a grant; read consistently. */
  readonly list: (about: string) => Promise<Result<readonly Posted[], Unavailable>>;
  readonly find: (about: string, place: string) => Promise<Result<Posted | null, Unavailable>>;
  /** @returns false where it is not at the revision before any more. */
  readonly save: (posted: Posted) => Promise<Result<boolean, Unavailable>>;
  /** Counts one more of a crowd in this place; how many there are now. */
  readonly count: (crowd: string, place: string) => Promise<Result<number, Unavailable>>;
};
