import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** What calls to DynamoDB cost, counted from what they read and write, because emulators do not compute it. */
export type Costs = {
  readonly calls: number;
  /** Items that queries and reads looked at: `ScannedCount`. */
  readonly itemsRead: number;
  readonly itemsWritten: number;
  /** Read request units: 4 KB each, half for an eventually consistent read (Developer Guide, "Read consumption"). */
  readonly readUnits: number;
};

type Input = {
  readonly ConsistentRead?: boolean;
  readonly TransactItems?: readonly object[];
};
type Output = {
  readonly Items?: readonly Record<string, AttributeValue>[];
  readonly Item?: Record<string, AttributeValue>;
  readonly Responses?: Readonly<Record<string, readonly Record<string, AttributeValue>[]>>;
  readonly ScannedCount?: number;
};

const NOTHING: Costs = { calls: 0, itemsRead: 0, itemsWritten: 0, readUnits: 0 };

/** Counts everything that this client does from now on. */
export function countCalls(client: DynamoDBClient): {
  readonly reset: () => void;
  readonly costs: () => Costs;
} {
  let costs = NOTHING;
  const send = client.send.bind(client) as (command: { readonly input: object }) => Promise<object>;
  const counted = async (command: { readonly input: object }): Promise<object> => {
    const output = await send(command);
    costs = add(costs, costsOf(command.constructor.name, command.input, output));
    return output;
  };
  Object.assign(client, { send: counted });
  return {
    reset: () => {
      costs = NOTHING;
    },
    costs: () => costs,
  };
}

function costsOf(command: string, input: Input, output: Output): Costs {
  const reads = /^(BatchGet|Get|Query)/.test(command);
  const { Item, Items, Responses = {} } = output;
  const items = Items ?? (Item === undefined ? Object.values(Responses).flat() : [Item]);
  const bytes = items.reduce((sum, item) => sum + JSON.stringify(item).length, 0);
  const units = Math.max(1, Math.ceil(bytes / 4096)) * (input.ConsistentRead === true ? 1 : 0.5);
  return {
    calls: 1,
    itemsRead: reads ? (output.ScannedCount ?? items.length) : 0,
    itemsWritten: reads ? 0 : (input.TransactItems?.length ?? 1),
    readUnits: reads ? units : 0,
  };
}

function add(a: Costs, b: Costs): Costs {
  return {
    calls: a.calls + b.calls,
    itemsRead: a.itemsRead + b.itemsRead,
    itemsWritten: a.itemsWritten + b.itemsWritten,
    readUnits: a.readUnits + b.readUnits,
  };
}
