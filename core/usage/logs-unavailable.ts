/** In a word or two, for the operator's log. Neither has anything of what the logs hold. */
export type WhyNot = {
  /** AWS's name of the error, such as `NoSuchBucket`; or what it is: `no logs`, `out of time`. */
  readonly reason: string;
  /** `s3:GetObject`, where AWS said that it is missing. */
  readonly permission?: string;
};

/** Why nothing can be read, in words for the operator: what is missing, and what to do. `UsageSource.read` throws it. */
export class LogsUnavailable extends Error {
  override readonly name = 'LogsUnavailable';
  readonly why: WhyNot;

  constructor(message: string, why: WhyNot = { reason: 'no logs' }) {
    super(message);
    this.why = why;
  }
}
