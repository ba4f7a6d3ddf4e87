/** What one message says, before it is written for Slack or Teams. Values may be anything that people wrote. */
export type Announcement = {
  readonly headline: string;
  /** Waits for somebody; went well; ended otherwise. */
  readonly tone: 'waiting' | 'good' | 'ended';
  /** For a notification on a phone: the broker's own words and ids, nothing that people wrote. */
  readonly summary: string;
  readonly facts: readonly Fact[];
  /** What to do, in the broker's own words. */
  readonly notes: readonly string[];
  readonly link: Link;
  /** What the button to deny is about; null where there is none. */
  readonly deny: DenyTarget | null;
};

/** The grant, as it was when the button was shown: a button of an earlier state does nothing. */
export type DenyTarget = { readonly grantId: string; readonly version: number };

export type Fact = { readonly name: string; readonly value: string };

/** Leads to the page, where everybody signs in. Whoever has it has no right by it. */
export type Link = { readonly label: string; readonly url: string };

/** A line that belongs to a message: in its thread, where there are threads. */
export type FollowUp = {
  /** Each is told once. */
  readonly key: string;
  /** The broker's own words and ids. */
  readonly text: string;
  /** A user group of Slack. */
  readonly mention: string | null;
  readonly link: Link;
};
