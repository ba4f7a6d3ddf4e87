import type { StackProps } from 'aws-cdk-lib';
import type { Bundle, BundleFiles } from '../core/bundle/bundle.ts';
import type { Config } from '../core/config/config-file.ts';
import type { BrokerState } from './broker-state.ts';

export type BrokerStackProps = StackProps & {
  /** The compiled policy bundle, which is packed into the Lambdas. */
  readonly bundle: Bundle;
  /** The files that it was compiled from, which the ledger keeps. */
  readonly files: BundleFiles;
  /** The deployment settings of `valetkey.yaml`. */
  readonly config: Config;
  /** What survives this stack, and so is not in it. */
  readonly state: BrokerState;
  /**
   * For the local stack only: a JSON object that maps issuer ids to the URLs used instead of the
   * issuers' own. Default: every issuer is reached at its own URL.
   */
  readonly issuerUrls?: string;
  /** Whether the broker is in quarantine for as long as it is deployed like this. Default: no. */
  readonly recovery?: boolean;
};
