import * as answers from '../broker/answers.ts';
import type { Broker } from '../broker/client.ts';

/** The whole audit trail of a grant, oldest first. */
export async function allEvents(broker: Broker, id: string): Promise<answers.Events['events']> {
  const found: answers.Events['events'][number][] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const after = cursor === '' ? '' : `&cursor=${cursor}`;
    const path = `/v1/grants/${id}/events?limit=200${after}`;
    const page: answers.Events = await broker.get(path, answers.events);
    found.push(...page.events);
    cursor = page.nextCursor;
  }
  return found;
}
