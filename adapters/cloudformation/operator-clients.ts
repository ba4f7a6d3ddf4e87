import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';

/** The SDK would print warnings among the command's own output, such as about keys beside a profile. */
const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

/** Longer than the Lambda works that a call waits for. */
const CALL = { maxAttempts: 1, requestHandler: { requestTimeout: 910_000 }, logger: SILENT };

/** What an operator works on the broker with: the credentials that the SDK finds (environment, profile, SSO). */
export type OperatorClients = {
  readonly dynamodb: DynamoDBClient;
  readonly lambda: LambdaClient;
  readonly cloudFormation: CloudFormationClient;
};

export function operatorClients(): OperatorClients {
  return {
    dynamodb: new DynamoDBClient({ logger: SILENT }),
    lambda: new LambdaClient(CALL),
    cloudFormation: new CloudFormationClient({ logger: SILENT }),
  };
}

/** The outputs of a stack, by name. @throws the errors of AWS; also where there is no such stack. */
export async function stackOutputs(
  { cloudFormation }: Pick<OperatorClients, 'cloudFormation'>,
  StackName: string,
): Promise<Readonly<Record<string, string>>> {
  const { Stacks = [] } = await cloudFormation.send(new DescribeStacksCommand({ StackName }));
  const outputs = Stacks[0]?.Outputs ?? [];
  return Object.fromEntries(
    outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
  );
}
