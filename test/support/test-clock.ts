import { jest } from '@jest/globals';

/** Stops or moves the clock of `Date.now`; call `restart` after every test. */
export function testClock() {
  let spy: { readonly mockRestore: () => void } | undefined;
  const restart = (): void => {
    spy?.mockRestore();
    spy = undefined;
  };
  const setTo = (now: number): number => {
    restart();
    spy = jest.spyOn(Date, 'now').mockReturnValue(now);
    return now;
  };
  return {
    restart,
    setTo,
    /** Stops at the current whole second plus these milliseconds. */
    stop: (milliseconds = 0): number => setTo(Math.floor(Date.now() / 1000) * 1000 + milliseconds),
    forward: (seconds: number): number => setTo(Date.now() + seconds * 1000),
  };
}
