import {
  IAMClient,
  type ResourceSpecificResult,
  SimulateCustomPolicyCommand,
} from '@aws-sdk/client-iam';
import type { Statement } from '../../core/entitlement.ts';
import { err, ok, type Result } from '../../core/result.ts';

/** What IAM says of a call; `unclear` where it depends on a condition whose value nobody gave. */
export type Simulated = 'allowed' | 'denied' | 'unclear';

/**
 * Asks IAM's own simulator what statements allow. It performs no call.
 *
 * It takes `iam:SimulateCustomPolicy`, an action without wildcards, and policies of at most 131,072 characters. It knows
 * identity-based policies alone, so session policies are sent as these; the statements mean the same in both. The answer
 * about each resource is in `ResourceSpecificResults`; the one above it is about all of them.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulateCustomPolicy.html
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_EvaluationResult.html
 */
export type PolicySimulator = {
  /** @returns one answer for each resource in their order, or why IAM gave none. */
  readonly simulate: (
    statements: readonly Statement[],
    action: string,
    resources: readonly string[],
  ) => Promise<Result<readonly Simulated[], string>>;
};

const SILENT = { debug() {}, info() {}, warn() {}, error() {} };
/** The most that one answer has; of a page of 100, which is the default, the rest would have to be asked for. */
const MOST_ITEMS = 1000;

/**
 * With the credentials that the SDK finds: environment, profile, SSO.
 *
 * @param region Any of the partition: IAM has one endpoint for each.
 */
export function policySimulator(
  region: string,
  client: Pick<IAMClient, 'send'> = new IAMClient({ region, logger: SILENT }),
): PolicySimulator {
  return {
    async simulate(statements, action, resources) {
      const command = new SimulateCustomPolicyCommand({
        PolicyInputList: [JSON.stringify({ Version: '2012-10-17', Statement: statements })],
        ActionNames: [action],
        ResourceArns: [...resources],
        MaxItems: MOST_ITEMS,
      });
      try {
        const { EvaluationResults = [] } = await client.send(command);
        const answers = new Map(
          EvaluationResults.flatMap(({ ResourceSpecificResults = [] }) =>
            ResourceSpecificResults.map((one) => [one.EvalResourceName ?? '', one] as const),
          ),
        );
        const missing = resources.find((resource) => !answers.has(resource));
        if (missing !== undefined) return err(`IAM gave no answer about ${missing}`);
        return ok(resources.map((resource) => simulated(answers.get(resource))));
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        return err(reasonOf(error));
      }
    },
  };
}

function simulated(answer: ResourceSpecificResult | undefined): Simulated {
  if (answer?.EvalResourceDecision === 'allowed') return 'allowed';
  return (answer?.MissingContextValues ?? []).length > 0 ? 'unclear' : 'denied';
}

/** @see https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html */
function reasonOf({ name, message }: Error): string {
  if (/CredentialsProvider|TokenProvider/.test(name)) return 'there are no AWS credentials';
  if (name === 'AccessDenied' || name === 'AccessDeniedException') {
    return 'the AWS credentials may not call iam:SimulateCustomPolicy';
  }
  return `${name}: ${message}`;
}
