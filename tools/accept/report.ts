import type { Check, Site } from './checks/checks.ts';

/** The report, printed as it grows. */
export class Report {
  private readonly begun = Date.now();
  private failures = 0;
  private checks = 0;

  log = (line: string): void => {
    const seconds = ((Date.now() - this.begun) / 1000).toFixed(1).padStart(7);
    console.log(`${seconds} s  ${line}`);
  };

  async check({ title, run }: Check, site: Site, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.checks += 1;
    try {
      const seen = await run(site);
      this.log(`✓ ${title}`);
      for (const line of seen) console.log(`             ${line}`);
    } catch (error) {
      signal.throwIfAborted();
      this.fail(title, error);
    }
  }

  fail(what: string, error: unknown): void {
    this.failures += 1;
    this.log(`✗ ${what}`);
    const message = error instanceof Error ? error.message : String(error);
    console.log(message.replaceAll(/^/gm, '             '));
  }

  /** @returns the exit code */
  end(): number {
    const failed = this.failures === 0 ? 'none failed' : `${this.failures} failed`;
    this.log(`${this.checks} checks, ${failed}`);
    return this.failures === 0 ? 0 : 1;
  }
}
