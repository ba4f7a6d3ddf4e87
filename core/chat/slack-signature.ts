import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Instant } from '../instant.ts';

export type Signed = {
  /** `X-Slack-Signature` */
  readonly signature: string | undefined;
  /** `X-Slack-Request-Timestamp`, in seconds */
  readonly timestamp: string | undefined;
  /** As it came, before anything read it. */
  readonly body: Uint8Array;
};

const MOST_SECONDS_APART = 300;

/**
 * Whether Slack signed this, and lately: a time ahead of ours is no better than one behind. It says nothing about a
 * repeat within that time.
 *
 * @see https://docs.slack.dev/authentication/verifying-requests-from-slack
 */
export function isSigned(
  { signature, timestamp, body }: Signed,
  secret: string,
  now: Instant,
): boolean {
  if (signature === undefined || !/^v0=[0-9a-f]{64}$/.test(signature)) return false;
  if (timestamp === undefined || !/^\d{1,12}$/.test(timestamp)) return false;
  if (Math.abs(now / 1000 - Number(timestamp)) > MOST_SECONDS_APART) return false;
  const mac = createHmac('sha256', secret).update(`v0:${timestamp}:`).update(body).digest();
  return timingSafeEqual(mac, Buffer.from(signature.slice('v0='.length), 'hex'));
}
