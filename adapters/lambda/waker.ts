import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';

/** What the kill switch is asked to look at. */
export type Wake = { readonly grantIds: readonly string[] } | { readonly role: string };

/**
 * Invokes a Lambda and does not wait for what it does. A failure is reported and swallowed: others
 * will see to it, only later.
 */
export function lambdaWaker(
  client: LambdaClient,
  functionName: string,
  report: (operation: string, error: unknown) => void,
): (what: Wake) => Promise<void> {
  return async (what) => {
    try {
      await client.send(
        new InvokeCommand({
          FunctionName: functionName,
          InvocationType: 'Event',
          Payload: Buffer.from(JSON.stringify(what)),
        }),
      );
    } catch (error) {
      report('Invoke', error);
    }
  };
}
