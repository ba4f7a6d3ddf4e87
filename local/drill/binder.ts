import type { Story } from '../demo-story.ts';

/** What one round of the drill measured. */
export type Measured = {
  readonly what: string;
  /** From the loss of the table until keys were vended again. */
  readonly rtoSeconds: number;
  /** Events that were answered before the loss, and those of them that were gone after the recovery. */
  readonly events: number;
  readonly lost: number;
  readonly report: Readonly<Record<string, unknown>>;
};

/** The page that a security team puts into its binder. */
export function printBinder(story: Story, rounds: readonly Measured[]): void {
  story.say('Recovery drill');
  for (const { what, rtoSeconds, events, lost, report } of rounds) {
    const { grants, principals, roles } = report as Record<string, Record<string, number>>;
    story.line(what);
    story.line(
      `  time to recover (RTO)   ${rtoSeconds.toFixed(0)} s, from the loss of the table until keys were vended again`,
    );
    story.line(`  loss of data (RPO)      ${lost} of ${events} events, with the ledger whole`);
    story.line(`  roles cut off           ${roles?.['cutOff']}`);
    story.line(
      `  principals              ${principals?.['suspended']} suspended again, ${principals?.['resumed']} let in again`,
    );
    story.line(
      `  grants                  ${grants?.['madeAgain']} made again, ${grants?.['changed']} brought up to date, ${grants?.['ended']} ended for the recovery`,
    );
  }
  story.line(
    'The times are those of this machine; on AWS the restore of the table takes tens of minutes.',
  );
}
