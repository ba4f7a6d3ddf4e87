import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { PrincipalEvent } from '../../core/audit.ts';
import { principalEventItem } from './items.ts';
import type { Table } from './table.ts';

/** Appends to a principal's trail what changed nothing. @returns whether it is written */
export async function appendPrincipalEvent(
  { client, name: TableName, report }: Table,
  event: PrincipalEvent,
): Promise<boolean> {
  try {
    await client.send(new PutItemCommand({ TableName, Item: principalEventItem(event) }));
    return true;
  } catch (error) {
    report('PutItem', error);
    return false;
  }
}
