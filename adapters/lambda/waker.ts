import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';

/** The grants or the role whose kill switch is to be checked. */
export type Wake =
  | { readonly grantIds: readonly string[] }
  | { readonly role: string; readonly retired?: true };

/**
 * Invokes a Lambda without waiting for its result. A failure is reported and otherwise ignored: the
 * workflow and the sweep do the same work later.
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
