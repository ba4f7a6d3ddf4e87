import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { err, ok, type Result } from '../../core/result.ts';

/** What a function threw: the name of its error, and its message. */
export type Thrown = { readonly name: string; readonly message: string };

/** The answer, or why there is none, in words. */
export async function answerOf(
  client: LambdaClient,
  FunctionName: string,
  input: unknown,
): Promise<Result<unknown, string>> {
  try {
    const answer = await callFunction(client, FunctionName, input);
    return answer.ok ? answer : err(`${answer.error.name}: ${answer.error.message}`);
  } catch (error) {
    return err(
      `${FunctionName} was not reached (${error instanceof Error ? error.name : 'unknown'})`,
    );
  }
}

/**
 * Invokes a Lambda and waits for its answer.
 *
 * @returns the answer, or what the function threw.
 * @throws the errors of AWS, where the function was not reached.
 */
export async function callFunction(
  client: LambdaClient,
  FunctionName: string,
  input: unknown,
): Promise<Result<unknown, Thrown>> {
  const answer = await client.send(
    new InvokeCommand({ FunctionName, Payload: Buffer.from(JSON.stringify(input)) }),
  );
  const text = Buffer.from(answer.Payload ?? []).toString('utf8');
  const value: unknown = text === '' ? null : JSON.parse(text);
  if (answer.FunctionError === undefined) return ok(value);
  const { errorType = 'Error', errorMessage = '' } = (value ?? {}) as Partial<
    Record<'errorType' | 'errorMessage', string>
  >;
  return err({ name: errorType, message: errorMessage });
}
