import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Unavailable } from '../../core/failure.ts';
import type { Timing } from './retries.ts';

/** The one table, and how to reach it. */
export type Table = {
  readonly client: DynamoDBClient;
  readonly name: string;
  readonly report: ReportFailure;
  /** Whether every suspension and freeze is known to have its gates. Default: no. */
  readonly gated?: () => boolean;
  /** Default: real time. */
  readonly timing?: Timing;
};

/** Logs for operators why the store did not answer; callers never see it. */
export type ReportFailure = (operation: string, error: unknown) => void;

export const STORE_UNAVAILABLE: Unavailable = { code: 'unavailable', what: 'store' };
