import type { Credentials } from '../broker/answers.ts';
import type { Vended } from './obtain.ts';

/** Keys that are renewed as long as their grant lives. */
export type RenewingKeys = {
  /**
   * Keys that still work.
   *
   * @throws Failure when the old ones have ended and there are no new ones.
   */
  readonly current: () => Promise<Credentials>;
  readonly stop: () => void;
};

/**
 * SDKs refresh when less than 15 minutes are left (botocore `_advisory_refresh_timeout`); so what they
 * are given has more than that, if the grant has.
 */
const WINDOW_MS = 20 * 60_000;
/** How often it is tried again when no later end was to be had. */
const PAUSE_MS = 30_000;
const TIMER_MS = 5_000;

export function renewingKeys(
  first: Vended,
  vend: () => Promise<Vended>,
  clock: () => number = Date.now,
): RenewingKeys {
  let keys = first.credentials;
  let window = windowOf(keys, clock());
  let notBefore = 0;
  let running: Promise<void> | null = null;

  const left = (): number => Date.parse(keys.expiration) - clock();
  const renew = async (): Promise<void> => {
    const before = keys.expiration;
    try {
      keys = (await vend()).credentials;
    } finally {
      const later = Date.parse(keys.expiration) > Date.parse(before);
      if (later) window = windowOf(keys, clock());
      notBefore = later ? 0 : clock() + Math.min(PAUSE_MS, Math.max(1000, left() / 2));
      running = null;
    }
  };
  const refresh = (): Promise<void> => {
    running ??= renew();
    return running;
  };
  const due = (): boolean => left() < window && clock() >= notBefore;

  // Ahead of the SDKs, which wait for the endpoint one second or two only.
  const timer = setInterval(() => {
    if (due()) void refresh().catch(() => undefined);
  }, TIMER_MS);
  timer.unref();
  return {
    async current() {
      if (left() <= 0) await refresh();
      else if (due()) await refresh().catch(() => undefined);
      return keys;
    },
    stop: () => clearInterval(timer),
  };
}

/** Short-lived keys are renewed in the second half of their life. */
function windowOf({ expiration }: Credentials, now: number): number {
  return Math.min(WINDOW_MS, (Date.parse(expiration) - now) / 2);
}
