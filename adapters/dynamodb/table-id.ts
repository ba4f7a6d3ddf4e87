import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import type { Unavailable } from '../../core/failure.ts';
import type { Result } from '../../core/result.ts';
import { DamagedItem } from './damaged-item.ts';
import { reported } from './reported.ts';
import type { Table } from './table.ts';

/**
 * What tells a table from every other one, also of the same name: a restore makes a new table.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TableDescription.html
 */
export function tableId(table: Table): Promise<Result<string, Unavailable>> {
  return reported(table, 'DescribeTable', async () => {
    const { Table } = await table.client.send(new DescribeTableCommand({ TableName: table.name }));
    if (Table?.TableId === undefined) throw new DamagedItem('the description of the table');
    return Table.TableId;
  });
}
