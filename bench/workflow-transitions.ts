import { setTimeout as sleep } from 'node:timers/promises';
import { GetExecutionHistoryCommand, SFNClient } from '@aws-sdk/client-sfn';
import type { LocalState } from '../local/state-folder.ts';
import { VEND_BODY } from './vend-handler.ts';

/**
 * The number of states that a real execution entered, for a grant that is vended once and expires.
 */
export async function countTransitions(state: LocalState, token: string): Promise<number> {
  const response = await fetch(`${state.apiUrl}/v1/credentials`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify({ ...VEND_BODY, durationSeconds: 2 }),
  });
  const { grant } = (await response.json()) as { readonly grant: { readonly id: string } };
  const root = { accessKeyId: state.accountId, secretAccessKey: 'local' };
  const sfn = new SFNClient({
    endpoint: state.emulatorUrl,
    region: state.region,
    credentials: root,
  });
  const executionArn = `${state.stateMachineArn.replace(':stateMachine:', ':execution:')}:${grant.id}`;
  for (let tries = 0; tries < 100; tries += 1) {
    await sleep(200);
    const history = await sfn
      .send(new GetExecutionHistoryCommand({ executionArn }))
      .catch(() => null);
    const events = history?.events ?? [];
    if (!events.some(({ type }) => type === 'ExecutionSucceeded')) continue;
    return events.filter(({ type }) => type?.endsWith('StateEntered')).length;
  }
  throw new Error('the execution did not end');
}
