import { formatInstant } from '../../core/instant.ts';
import type { Recovery } from '../../core/recovery/recovery.ts';
import { count, plain, type Terminal } from '../terminal.ts';

/** Prints what a recovery did, or would do, and what comes next. */
export function showReport(out: Terminal, recovery: Recovery, dryRun: boolean): void {
  const { report, restoredTo, withoutLedger } = recovery;
  const { grants, principals, lookAt } = report;
  const rows: readonly (readonly [string, string])[] = [
    ['table', `as it was at ${formatInstant(restoredTo)}`],
    ['roles', `${count(report.roles.cutOff, 'role')} cut off: what was vended before is dead`],
    ['ledger', withoutLedger ? 'not read' : `${count(report.entries, 'entry')} read`],
    ['people', `${principals.suspended} suspended again, ${principals.resumed} let in again`],
    [
      'grants',
      `${grants.madeAgain} made again, ${grants.changed} brought up to date, ${grants.unchanged} as they were`,
    ],
    [
      'ended',
      `${grants.ended + grants.deniedByRole}, ${grants.deniedByRole} of them because a role denied them`,
    ],
    ['workflows', `${report.workflows} started`],
  ];
  if (dryRun) out.print('Nothing was changed. This would be done:');
  for (const [name, text] of rows) out.print(`${out.paint('bold', name.padEnd(10))} ${text}`);
  if (withoutLedger) out.print(`\n${UNKNOWN}`);
  if (lookAt.length > 0) out.print(`\nLook at:`);
  for (const { what, why } of lookAt) out.print(`  ${plain(what)}: ${plain(why)}`);
  if (report.moreToLookAt > 0) out.print(`  and ${report.moreToLookAt} more`);
  if (!dryRun) out.print(`\n${NEXT}`);
}

const UNKNOWN =
  'Without the ledger nobody knows who was suspended since then, and what was requested: ask security for the mails.';

const NEXT = [
  'The broker is still in quarantine. When you have looked, deploy it as you did, without -c recovery=on:',
  '  npx cdk deploy ValetKey --exclusively   in a second Region with its -c config=FILE',
  'Then two people release it:',
  '  valetkey quarantine release',
].join('\n');
