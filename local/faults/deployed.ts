import { setTimeout as sleep } from 'node:timers/promises';
import {
  GetFunctionConfigurationCommand,
  type LambdaClient,
  paginateListFunctions,
} from '@aws-sdk/client-lambda';

/** A Lambda of the broker, with what a fault has to put back. */
export type Deployed = {
  /** Such as `vend`. */
  readonly name: string;
  readonly functionName: string;
  readonly roleName: string;
  readonly environment: Readonly<Record<string, string>>;
};

/** All of them, as AWS lists them: one that is added later is among them. */
export async function deployedLambdas(client: LambdaClient): Promise<readonly Deployed[]> {
  const found: Deployed[] = [];
  for await (const { Functions = [] } of paginateListFunctions({ client }, {})) {
    for (const { FunctionName = '', Role = '', Environment } of Functions) {
      const environment = Environment?.Variables ?? {};
      // The broker's own have it, those that the CDK brings have not.
      const name = environment['POWERTOOLS_SERVICE_NAME'];
      if (name === undefined) continue;
      const roleName = Role.slice(Role.lastIndexOf('/') + 1);
      found.push({ name, functionName: FunctionName, roleName, environment });
    }
  }
  return found.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** @throws Error if there is none of this name */
export function lambdaNamed(lambdas: readonly Deployed[], name: string): Deployed {
  const found = lambdas.find((one) => one.name === name);
  if (found === undefined) throw new Error(`The stack has no Lambda ${name}.`);
  return found;
}

/** An update is refused while another one is under way (Lambda Developer Guide, "Lambda function states"). */
export async function untilUpdated(client: LambdaClient, FunctionName: string): Promise<void> {
  for (;;) {
    const found = await client.send(new GetFunctionConfigurationCommand({ FunctionName }));
    if (found.LastUpdateStatus !== 'InProgress') return;
    await sleep(100);
  }
}
