import { GetRestoreTestingPlanCommand, ListRestoreJobsCommand } from '@aws-sdk/client-backup';
import { awsError } from '../../support/mock-aws.ts';
import type { Fault, Faulty } from './faulty.ts';

/** Faults of the backups. */

const LOOK = { source: 'aws.events' };

/** A plan that is a year old, with restore jobs of this week. */
function tested({ clients: { backup } }: Faulty, ...results: readonly string[]): void {
  const CreationTime = new Date(Date.now() - 365 * 86_400_000);
  const RestoreTestingPlan = { RestoreTestingPlanArn: 'arn:plan', CreationTime };
  backup
    .on(GetRestoreTestingPlanCommand)
    .resolves({ RestoreTestingPlan: RestoreTestingPlan as never });
  const RestoreJobs = results.map((ValidationStatus) => ({ ValidationStatus }) as never);
  backup.on(ListRestoreJobsCommand).resolves({ RestoreJobs });
}

export const BACKUP_FAULTS: Readonly<Record<string, Fault>> = {
  RestoreTestFailed: (faulty) =>
    faulty.run('validate', {
      'detail-type': 'Restore Job State Change',
      detail: { restoreJobId: 'job-1', status: 'FAILED', statusMessage: 'no access to the key' },
    }),
  RestoreTestMissing: (faulty) => {
    tested(faulty, 'FAILED', 'TIMED_OUT');
    return faulty.run('validate', LOOK);
  },
  RestoreTestFails: (faulty) => {
    faulty.clients.backup.onAnyCommand().rejects(awsError('ServiceUnavailableException'));
    return faulty.run('validate', LOOK);
  },
};

export const BACKUP_ROUTINE: readonly Fault[] = [
  (faulty) => {
    tested(faulty, 'SUCCESSFUL');
    return faulty.run('validate', LOOK);
  },
];
