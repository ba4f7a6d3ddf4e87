import type { Credentials } from '../broker/answers.ts';
import type { Vended } from './obtain.ts';

/** Credentials that are renewed while their grant is active. */
export type RenewingCredentials = {
  /**
   * Returns credentials that have not expired.
   *
   * @throws Failure if they have expired and the broker vends no new ones.
   */
  readonly current: () => Promise<Credentials>;
  readonly stop: () => void;
};

/**
 * SDKs refresh in the last 15 minutes (botocore `_advisory_refresh_timeout`), so credentials are renewed
 * before that.
 */
const WINDOW_MS = 20 * 60_000;
/** The pause after a renewal that failed or brought no later expiry. */
const PAUSE_MS = 30_000;
const TIMER_MS = 5_000;

export function renewingCredentials(
  first: Vended,
  vend: () => Promise<Vended>,
  clock: () => number = Date.now,
): RenewingCredentials {
  let credentials = first.credentials;
  let window = windowOf(credentials, clock());
  let notBefore = 0;
  let running: Promise<void> | null = null;

  const left = (): number => Date.parse(credentials.expiration) - clock();
  const renew = async (): Promise<void> => {
    const before = credentials.expiration;
    try {
      credentials = (await vend()).credentials;
    } finally {
      const later = Date.parse(credentials.expiration) > Date.parse(before);
      if (later) window = windowOf(credentials, clock());
      notBefore = later ? 0 : clock() + Math.min(PAUSE_MS, Math.max(1000, left() / 2));
      running = null;
    }
  };
  const refresh = (): Promise<void> => {
    running ??= renew();
    return running;
  };
  const due = (): boolean => left() < window && clock() >= notBefore;

  // Renews ahead of the SDKs, which wait only a second or two for the endpoint.
  const timer = setInterval(() => {
    if (due()) void refresh().catch(() => undefined);
  }, TIMER_MS);
  timer.unref();
  return {
    async current() {
      if (left() <= 0) await refresh();
      else if (due()) await refresh().catch(() => undefined);
      return credentials;
    },
    stop: () => clearInterval(timer),
  };
}

/** Short-lived credentials are renewed in the second half of their life. */
function windowOf({ expiration }: Credentials, now: number): number {
  return Math.min(WINDOW_MS, (Date.parse(expiration) - now) / 2);
}
