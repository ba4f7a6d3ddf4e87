import {
  type AttributeValue,
  BatchGetItemCommand,
  type BatchGetItemCommandInput,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type QueryCommandInput,
  ScanCommand,
  type ScanCommandInput,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  type TransactWriteItemsCommandInput,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import type { Aws } from './mock-aws.ts';

/**
 * A DynamoDB table in memory behind the mocked client, for tests of handlers that read what they wrote.
 * It knows the expressions that the adapters use, and throws at others.
 */

type Item = Record<string, AttributeValue>;

export type FakeTable = {
  readonly items: Map<string, Item>;
  /** Sort keys of the items whose partition key is this one. */
  readonly sortKeys: (pk: string) => readonly string[];
  /** Lets calls fail for which this is true, until it is set again. */
  failing: (command: string, input: string) => boolean;
  /** How many items of a query fit into one page: for tests of what does not fit into 1 MB. */
  pageOf: number;
};

type Expression = {
  readonly ExpressionAttributeNames?: Record<string, string> | undefined;
  readonly ExpressionAttributeValues?: Record<string, AttributeValue> | undefined;
};
type Conditional = Expression & { readonly ConditionExpression?: string | undefined };

export function fakeTable({ dynamo }: Aws): FakeTable {
  const items = new Map<string, Item>();
  const table: FakeTable = {
    items,
    sortKeys: (pk) =>
      [...items.values()].filter((item) => item['pk']?.S === pk).map((item) => item['sk']?.S ?? ''),
    failing: () => false,
    pageOf: 1000,
  };
  const check = (command: string, input: unknown): void => {
    if (!table.failing(command, JSON.stringify(input))) return;
    throw Object.assign(new Error('no'), { name: 'ValidationException' });
  };
  dynamo.on(GetItemCommand).callsFake((input) => {
    check('GetItem', input);
    return { Item: items.get(nameOf(input.Key)) };
  });
  dynamo.on(PutItemCommand).callsFake((input) => {
    check('PutItem', input);
    if (!holds(input, items.get(nameOf(input.Item)))) {
      throw new ConditionalCheckFailedException({ message: 'no', $metadata: {} });
    }
    items.set(nameOf(input.Item), input.Item);
    return {};
  });
  dynamo.on(UpdateItemCommand).callsFake((input) => {
    check('UpdateItem', input);
    const item = items.get(nameOf(input.Key));
    if (!holds(input, item)) {
      const Item = input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' ? item : undefined;
      throw new ConditionalCheckFailedException({
        ...{ message: 'no', $metadata: {} },
        ...(Item && { Item }),
      });
    }
    items.set(nameOf(input.Key), { ...input.Key, ...updated(input, item) });
    return {};
  });
  dynamo.on(DeleteItemCommand).callsFake((input) => {
    check('DeleteItem', input);
    items.delete(nameOf(input.Key));
    return {};
  });
  dynamo.on(QueryCommand).callsFake((input: QueryCommandInput) => {
    check('Query', input);
    const Limit = Math.min(input.Limit ?? table.pageOf, table.pageOf);
    return query([...items.values()], { ...input, Limit });
  });
  dynamo.on(BatchGetItemCommand).callsFake((input: BatchGetItemCommandInput) => {
    check('BatchGetItem', input);
    return batchGet(items, input);
  });
  dynamo.on(ScanCommand).callsFake((input: ScanCommandInput) => {
    check('Scan', input);
    return scan([...items.values()], input);
  });
  dynamo.on(TransactWriteItemsCommand).callsFake((input: TransactWriteItemsCommandInput) => {
    check('TransactWriteItems', input);
    write(items, input);
    return {};
  });
  return table;
}

function write(items: Map<string, Item>, { TransactItems = [] }: TransactWriteItemsCommandInput) {
  const parts = TransactItems.map(({ Put, Delete, ConditionCheck, Update }) => {
    const part = Put ?? Delete ?? ConditionCheck ?? Update;
    if (part === undefined) throw new Error('a part without a write');
    const name = nameOf('Item' in part ? part.Item : part.Key);
    const item = Update === undefined ? Put?.Item : counted(Update, items.get(name));
    return { name, part, item, removes: Delete !== undefined };
  });
  if (new Set(parts.map(({ name }) => name)).size < parts.length) {
    throw Object.assign(new Error('one item twice'), { name: 'ValidationException' });
  }
  const CancellationReasons = parts.map(({ name, part }) => {
    const found = items.get(name);
    if (holds(part, found)) return { Code: 'None' };
    const returns = 'ReturnValuesOnConditionCheckFailure' in part && found !== undefined;
    return { Code: 'ConditionalCheckFailed', ...(returns && { Item: found }) };
  });
  if (CancellationReasons.some(({ Code }) => Code !== 'None')) {
    throw new TransactionCanceledException({ message: 'no', $metadata: {}, CancellationReasons });
  }
  for (const { name, item, removes } of parts) {
    if (removes) items.delete(name);
    else if (item !== undefined) items.set(name, item);
  }
}

const ASSIGNMENT = /^(#?\w+) = (?:if_not_exists\(\1, (:\w+)\)|(:\w+))$/;

/** Attributes are set, some only if they are missing, or removed. */
function updated(update: Expression & Counting, found: Item | undefined): Item {
  const { ExpressionAttributeNames: names = {}, ExpressionAttributeValues: values = {} } = update;
  const [, verb, list = ''] = /^(SET|REMOVE) (.*)$/.exec(update.UpdateExpression ?? '') ?? [];
  const item: Record<string, AttributeValue> = { ...found };
  // The comma inside of a call parts no assignments.
  for (const term of list.split(/, (?!:)/)) {
    const [, left = term, missing, value = ''] = ASSIGNMENT.exec(term) ?? [];
    const name = names[left] ?? left;
    if (verb === 'REMOVE') delete item[name];
    else if (missing !== undefined) item[name] ??= present(values, missing);
    else item[name] = present(values, value);
  }
  return item;
}

function present(values: Readonly<Record<string, AttributeValue>>, name: string): AttributeValue {
  const value = values[name];
  if (value === undefined) throw new Error('the fake table knows no such update');
  return value;
}

/** One attribute is set, and one is counted up. */
function counted(update: Expression & Counting, found: Item | undefined): Item {
  const { ExpressionAttributeNames: names = {}, ExpressionAttributeValues: values = {} } = update;
  const [, set = '', to = '', counter = '', by = ''] =
    /^SET (#?\w+) = (:\w+) ADD (\w+) (:\w+)$/.exec(update.UpdateExpression ?? '') ?? [];
  if (counter === '') throw new Error('the fake table knows no such update in a transaction');
  const sum = Number(found?.[counter]?.N ?? 0) + Number(values[by]?.N);
  const changed = { [names[set] ?? set]: values[to], [counter]: { N: String(sum) } };
  return { ...update.Key, ...found, ...changed } as Item;
}

type Counting = Pick<UpdateItemCommandInput, 'Key' | 'UpdateExpression'>;

function batchGet(items: Map<string, Item>, { RequestItems = {} }: BatchGetItemCommandInput) {
  const found = Object.entries(RequestItems).map(([name, { Keys = [] }]) => {
    const names = new Set(Keys.map(nameOf));
    if (names.size < Keys.length || names.size > 100) {
      throw Object.assign(new Error('keys'), { name: 'ValidationException' });
    }
    return [
      name,
      [...names].map((one) => items.get(one)).filter((item) => item !== undefined),
    ] as const;
  });
  return { Responses: Object.fromEntries(found), UnprocessedKeys: {} };
}

/** Pages of two items, so that a pass takes several. */
function scan(items: readonly Item[], input: ScanCommandInput) {
  const { FilterExpression = '', ExclusiveStartKey } = input;
  const names = items.map(nameOf);
  const from = ExclusiveStartKey === undefined ? 0 : names.indexOf(nameOf(ExclusiveStartKey)) + 1;
  const page = items.slice(from, from + 2);
  const { pk, sk } = page.at(-1) ?? {};
  return {
    Items: page.filter((item) =>
      FilterExpression.split(' OR ').some((all) => allHold(all, input, item)),
    ),
    ...(from + 2 < items.length && pk && sk && { LastEvaluatedKey: { pk, sk } }),
  };
}

const SORT_KEYS: Readonly<Record<string, string>> = { '': 'sk', byDue: 'dueAt' };

function query(items: readonly Item[], input: QueryCommandInput) {
  const {
    KeyConditionExpression = '',
    ScanIndexForward = true,
    Limit = 1000,
    IndexName,
    FilterExpression = '',
  } = input;
  const sort = SORT_KEYS[IndexName ?? ''] ?? 'createdKey';
  const between = /(\S+) BETWEEN (\S+) AND (\S+)/g;
  const condition = KeyConditionExpression.replace(between, '$1 >= $2 AND $1 <= $3');
  const place = (item: Item): string => `${item[sort]?.S ?? item[sort]?.N?.padStart(20, '0')}`;
  const found = items
    .filter((item) => item[sort] !== undefined && allHold(condition, input, item))
    .filter((item) => FilterExpression === '' || allHold(FilterExpression, input, item))
    .map((item) => ({ item, at: place(item) }))
    .toSorted((a, b) => (a.at < b.at ? -1 : 1))
    .map(({ item }) => item);
  const inOrder = ScanIndexForward ? found : found.toReversed();
  const last = input.ExclusiveStartKey;
  const first =
    last === undefined ? 0 : inOrder.findIndex((one) => nameOf(one) === nameOf(last)) + 1;
  const Items = inOrder.slice(first, first + Limit);
  // Also where nothing follows: a query that stops at its limit does not look further.
  const LastEvaluatedKey = Items.length < Limit ? undefined : Items.at(-1);
  return { Items, Count: Items.length, ScannedCount: Items.length, LastEvaluatedKey };
}

function holds(part: Conditional, found: Item | undefined): boolean {
  const { ConditionExpression: condition } = part;
  if (condition === undefined) return true;
  const [, one, other] = /^\((.*)\) AND \((.*)\)$/.exec(condition) ?? [];
  if (one !== undefined && other !== undefined) {
    return [one, other].every((half) => holds({ ...part, ConditionExpression: half }, found));
  }
  return condition.split(' OR ').some((all) => allHold(all, part, found));
}

function allHold(all: string, expression: Expression, item: Item | undefined): boolean {
  return all.split(' AND ').every((one) => termHolds(one.trim(), expression, item));
}

function termHolds(term: string, expression: Expression, item: Item | undefined): boolean {
  if (term.startsWith('NOT ')) return !termHolds(term.slice(4), expression, item);
  const { ExpressionAttributeNames: names = {}, ExpressionAttributeValues: values = {} } =
    expression;
  const attribute = (path: string): AttributeValue | undefined =>
    path
      .split('.')
      .reduce<AttributeValue | undefined>(
        (value, name) => value?.M?.[names[name] ?? name],
        item && { M: item },
      );
  const call = /^(\w+)\(([#\w.]+)(?:, (:\w+))?\)$/.exec(term);
  if (call !== null) {
    const [, name, of = '', value = ''] = call;
    if (name === 'attribute_exists') return attribute(of) !== undefined;
    if (name === 'attribute_not_exists') return attribute(of) === undefined;
    if (name === 'begins_with')
      return attribute(of)?.S?.startsWith(values[value]?.S ?? '') === true;
  }
  const [, left = '', operator, right = ''] = /^([#\w.]+) (=|<=|>=|<|>) (:\w+)$/.exec(term) ?? [];
  const [a, b] = [plain(attribute(left)), plain(values[right])];
  switch (operator) {
    case '=':
      return a === b;
    case '<':
      return a !== undefined && b !== undefined && a < b;
    case '<=':
      return a !== undefined && b !== undefined && a <= b;
    case '>=':
      return a !== undefined && b !== undefined && a >= b;
    default:
      throw new Error(`the fake table does not know the expression: ${term}`);
  }
}

function plain(value: AttributeValue | undefined): string | number | undefined {
  if (value?.NULL) return 'null';
  if (value?.L !== undefined) return JSON.stringify(value.L);
  return value?.N === undefined ? value?.S : Number(value.N);
}

function nameOf(key: Item | undefined): string {
  return `${key?.['pk']?.S} ${key?.['sk']?.S}`;
}
