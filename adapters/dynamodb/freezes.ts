import { marshall } from '@aws-sdk/util-dynamodb';
import type { Unavailable } from '../../core/failure.ts';
import { nextHead } from '../../core/gates.ts';
import { type FreezeRows, type FreezeState, freezesOn } from '../../core/kill/freezes.ts';
import type { Freeze } from '../../core/kill/ports.ts';
import { ok, type Result } from '../../core/result.ts';
import { gatePorts, gatesIn, newHead, readFamily } from './gates.ts';
import { ENDING } from './retries.ts';
import { freezeKey } from './role-keys.ts';
import type { Table } from './table.ts';
import { type Part, transact } from './transaction.ts';

/** Roles that vend nothing: the record of each, and its gates. */
export function dynamoFreezes(table: Table): ReturnType<typeof freezesOn> {
  return freezesOn((role) => freezeRows(table, role));
}

type Raced = { readonly code: 'raced' };
const RACED: Raced = { code: 'raced' };

function freezeRows(table: Table, role: string): FreezeRows {
  const record = freezeKey(role);
  const write = async (parts: readonly Part<Raced>[]): Promise<Result<boolean, Unavailable>> => {
    const written = await transact<Raced>(table, () => parts, ENDING);
    if (written.ok) return ok(true);
    return written.error.code === 'raced' ? ok(false) : { ok: false, error: written.error };
  };
  return {
    read: async () => {
      const family = await readFamily(table, record);
      if (!family.ok) return family;
      const found = family.value.get('') as Partial<Freeze> | undefined;
      const { until = null, reason = '' } = found ?? {};
      const gates = gatesIn(family.value);
      return ok({ record: found === undefined ? null : { until, reason }, gates });
    },
    freeze: (freeze, found) => write(freezeParts(table.name, role, freeze, found)),
    thaw: (found) => write(thawParts(table.name, role, found)),
    gates: gatePorts(table, record),
  };
}

export function freezeParts(
  table: string,
  role: string,
  { until, reason }: Freeze,
  { gates }: FreezeState,
): readonly Part<Raced>[] {
  const record = freezeKey(role);
  const Put = {
    TableName: table,
    Item: marshall({ ...record, reason, ...(until !== null && { until }) }),
    ...(until !== null && {
      ConditionExpression: 'attribute_not_exists(pk) OR attribute_exists(#until)',
      ExpressionAttributeNames: { '#until': 'until' },
    }),
  };
  return [
    { write: { Put }, refusal: () => RACED },
    newHead(table, record, nextHead(gates, true, until), RACED),
  ];
}

export function thawParts(
  table: string,
  role: string,
  { gates }: FreezeState,
): readonly Part<Raced>[] {
  const record = freezeKey(role);
  const Delete = {
    TableName: table,
    Key: marshall(record),
    ConditionExpression: 'attribute_not_exists(#until)',
    ExpressionAttributeNames: { '#until': 'until' },
  };
  return [
    { write: { Delete }, refusal: () => RACED },
    newHead(table, record, nextHead(gates, false, null), RACED),
  ];
}
