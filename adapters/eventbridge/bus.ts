import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { detailTypeOf, EVENT_SOURCE, eventDetail } from '../../core/api/event-detail.ts';
import type { AuditEvent, PrincipalEvent } from '../../core/audit.ts';

/** Puts one event on the bus. */
export type Bus = (event: AuditEvent | PrincipalEvent) => Promise<void>;

/**
 * @throws the errors of EventBridge, including those of entries that fail inside a successful call;
 * the stream then delivers the record again.
 */
export function eventBridgeBus(client: EventBridgeClient, busName: string): Bus {
  return async (event) => {
    const { FailedEntryCount, Entries } = await client.send(
      new PutEventsCommand({
        Entries: [
          {
            EventBusName: busName,
            Source: EVENT_SOURCE,
            DetailType: detailTypeOf(event),
            Time: new Date(event.at),
            Resources: ['grantId' in event ? event.grantId : event.principalId],
            Detail: JSON.stringify(eventDetail(event)),
          },
        ],
      }),
    );
    if (FailedEntryCount)
      throw new Error(`EventBridge refused the event: ${Entries?.[0]?.ErrorCode}`);
  };
}
