import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  ExecutionDoesNotExist,
  GetExecutionHistoryCommand,
  type GetExecutionHistoryCommandOutput,
  SFNClient,
} from '@aws-sdk/client-sfn';
import * as responses from '../../core/api/responses.ts';
import { awsClient, call, type Grant, person, stack, TEST_STATE, until } from './support.ts';

/**
 * Actions on grants: request one, act on it, wait for its status, read its events and its workflow.
 */

export const MFA = { amr: ['mfa'], auth_time: Math.floor(Date.now() / 1000) };

/** A token of a new person in the group `testers`. */
export const tester = () => person(['testers']);

/** Requests a grant. */
export async function ask(token: string, entitlement: string, more: object = {}): Promise<Grant> {
  const body = { entitlement, durationSeconds: 900, justification: 'a test', ...more };
  const answer = await call('POST', '/v1/grants', token, body);
  if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
  return responses.grant.parse(answer.body);
}

/** Calls an action of a grant: `approve`, `revoke`, … */
export const act = (token: string, id: string, what: string, body: object = {}) =>
  call('POST', `/v1/grants/${id}/${what}`, token, body);

export async function read(token: string, id: string): Promise<Grant> {
  return responses.grant.parse((await call('GET', `/v1/grants/${id}`, token)).body);
}

export async function eventTypes(token: string, id: string): Promise<readonly string[]> {
  const { body } = await call('GET', `/v1/grants/${id}/events`, token);
  return responses.events.parse(body).events.map(({ type }) => type);
}

export function untilStatus(
  token: string,
  id: string,
  status: string,
  withinMs?: number,
): Promise<Grant> {
  const look = async (): Promise<Grant | null> => {
    const grant = await read(token, id);
    return grant.status === status ? grant : null;
  };
  return until(`${id} is ${status}`, look, withinMs);
}

/**
 * The states that the grant's execution has entered so far, in order: none before the stream has
 * started it.
 */
export async function statesOf(grantId: string): Promise<readonly string[]> {
  const { stateMachineArn } = stack();
  const executionArn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${grantId}`;
  const sfn = new SFNClient(awsClient());
  const history = new GetExecutionHistoryCommand({ executionArn, maxResults: 1000 });
  const { events = [] } = await sfn.send(history).catch(noneBeforeItStarts);
  return events.flatMap(({ stateEnteredEventDetails }) => stateEnteredEventDetails?.name ?? []);
}

function noneBeforeItStarts(error: unknown): Partial<GetExecutionHistoryCommandOutput> {
  if (error instanceof ExecutionDoesNotExist) return {};
  throw error;
}

/** An output of the broker's stack. */
export function output(name: string): string {
  const all = JSON.parse(readFileSync(join(TEST_STATE, 'outputs.json'), 'utf8')) as {
    readonly ValetKey: Readonly<Record<string, string>>;
  };
  return all.ValetKey[name] ?? '';
}

/**
 * Invokes a Lambda and returns its answer.
 *
 * @param outputName the output of the stack with the name of the Lambda
 * @throws Error if the Lambda fails
 */
export async function invoke(outputName: string, payload: object): Promise<unknown> {
  const lambda = new LambdaClient(awsClient());
  const answer = await lambda.send(
    new InvokeCommand({
      FunctionName: output(outputName),
      Payload: Buffer.from(JSON.stringify(payload)),
    }),
  );
  const text = Buffer.from(answer.Payload ?? []).toString();
  if (answer.FunctionError !== undefined) throw new Error(text);
  return JSON.parse(text);
}
