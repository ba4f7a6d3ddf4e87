import type { Instant } from '../instant.ts';

/**
 * What is read of one CloudTrail record. `request` is looked at while a resource is found in it, and never kept: it may
 * hold secrets.
 *
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
export type TrailRecord = {
  readonly eventId: string;
  /** What the records of one call have in common where the accounts of caller and resource differ. */
  readonly sharedEventId: string | null;
  readonly at: Instant;
  /** `s3.amazonaws.com` */
  readonly source: string;
  /** `GetObject` */
  readonly name: string;
  readonly region: string;
  /** The account that got the record. */
  readonly account: string | null;
  /** The account of the caller. */
  readonly callerAccount: string | null;
  /** Null where the call succeeded. */
  readonly error: string | null;
  readonly errorMessage: string | null;
  /** Of the session, or the one that this AssumeRole call sets. */
  readonly sourceIdentity: string | null;
  /** Whether the caller has none itself, and gives it to a new session: no call of that session. */
  readonly givesIdentity: boolean;
  /** ARN of the role whose session called. */
  readonly role: string | null;
  readonly sessionName: string | null;
  readonly accessKeyId: string | null;
  /** An address, or the host name of an AWS service. */
  readonly sourceIp: string | null;
  readonly userAgent: string | null;
  /** The AWS service that called with the session's permissions. */
  readonly invokedBy: string | null;
  readonly category: 'Management' | 'Data' | string;
  readonly resources: readonly { readonly arn: string; readonly type: string | null }[];
  readonly request: Readonly<Record<string, unknown>>;
};
