import type { AlarmBell } from './alarm-bell.ts';
import type { BundledFunction } from './bundled-function.ts';

const RUNBOOK = 'See docs/runbooks/backups.md';

/** Whether a backup was restored this week, and was good. */
export function alarmsOfBackups(bell: AlarmBell, validate: BundledFunction): void {
  bell.onLogLine('RestoreTestFailed', [validate], 'restore test failed', {
    about: `A backup could not be restored, or the broker could not work on it. ${RUNBOOK}`,
  });
  bell.onLogLine('RestoreTestMissing', [validate], 'no restore test passed', {
    about: `No backup was restored and found good this week. ${RUNBOOK}`,
  });
  bell.onErrors('RestoreTestFails', validate, `A restored table could not be checked. ${RUNBOOK}`);
}
