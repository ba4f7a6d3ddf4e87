import {
  type BackupClient,
  GetRestoreTestingPlanCommand,
  PutRestoreValidationResultCommand,
  paginateListRestoreJobs,
} from '@aws-sdk/client-backup';
import type { Instant } from '../../core/instant.ts';

/** A plan of restore tests: what became of them, and where their results go. */
export type RestoreTests = {
  readonly report: (restoreJobId: string, good: boolean, message: string) => Promise<void>;
  /** When the plan was made. */
  readonly madeAt: () => Promise<Instant>;
  /** How many tests have passed since then. */
  readonly passedSince: (since: Instant) => Promise<number>;
};

/**
 * Restore testing of AWS Backup. Every function throws the errors of AWS.
 *
 * @see https://docs.aws.amazon.com/aws-backup/latest/devguide/API_PutRestoreValidationResult.html
 * @see https://docs.aws.amazon.com/aws-backup/latest/devguide/API_ListRestoreJobs.html
 */
export function backupRestoreTests(client: BackupClient, plan: string): RestoreTests {
  const found = async () => {
    const read = await client.send(
      new GetRestoreTestingPlanCommand({ RestoreTestingPlanName: plan }),
    );
    const { CreationTime, RestoreTestingPlanArn } = read.RestoreTestingPlan ?? {};
    if (CreationTime === undefined || RestoreTestingPlanArn === undefined) {
      throw new Error('AWS Backup does not describe the plan');
    }
    return { madeAt: CreationTime.getTime(), arn: RestoreTestingPlanArn };
  };
  return {
    report: async (RestoreJobId, good, ValidationStatusMessage) => {
      const ValidationStatus = good ? 'SUCCESSFUL' : 'FAILED';
      await client.send(
        new PutRestoreValidationResultCommand({
          ...{ RestoreJobId, ValidationStatus, ValidationStatusMessage },
        }),
      );
    },
    madeAt: async () => (await found()).madeAt,
    passedSince: async (since) => {
      const { arn } = await found();
      const about = { ByRestoreTestingPlanArn: arn, ByCreatedAfter: new Date(since) };
      let passed = 0;
      for await (const { RestoreJobs = [] } of paginateListRestoreJobs({ client }, about)) {
        passed += RestoreJobs.filter((job) => job.ValidationStatus === 'SUCCESSFUL').length;
      }
      return passed;
    },
  };
}
