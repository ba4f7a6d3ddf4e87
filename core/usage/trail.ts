import type { Instant } from '../instant.ts';

/** What one CloudTrail trail records, as its settings say. */
export type Trail = {
  readonly name: string;
  /** Null for every account of the organisation. */
  readonly account: string | null;
  /** Null for all. */
  readonly regions: readonly string[] | null;
  readonly logging: boolean;
  /** When it last began to log; null where that is not known. Before, it may have logged nothing. */
  readonly since: Instant | null;
  /** Where it writes to, if that was not read (`s3://acme-logs/AWSLogs/`): what it records was not seen. */
  readonly elsewhere?: string;
  readonly management: 'all' | 'read' | 'write' | 'none';
  /** Event sources whose management events it leaves out: `kms.amazonaws.com`. */
  readonly leftOut: readonly string[];
  readonly data: readonly DataEvents[];
  /** Settings that are not understood: what they could leave out counts as not recorded. */
  readonly notUnderstood: readonly string[];
};

export type DataEvents = {
  /** `AWS::S3::Object` */
  readonly type: string;
  /** What resource ARNs begin with; null for every resource. */
  readonly prefixes: readonly string[] | null;
  /** Resource ARNs that it has besides: these alone, and none that begin with them. */
  readonly exact?: readonly string[];
  readonly which: 'all' | 'read' | 'write';
};
