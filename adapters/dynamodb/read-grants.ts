import type { Unavailable } from '../../core/failure.ts';
import type { Grant } from '../../core/grant.ts';
import { ok, type Result } from '../../core/result.ts';
import { getAll } from './batch-get.ts';
import { DamagedItem } from './damaged-item.ts';
import { readGrant } from './items.ts';
import { grantKey } from './keys.ts';
import type { Table } from './table.ts';

/**
 * The grants of these ids, in this order, strongly consistent and with one call for each hundred.
 *
 * @throws DamagedItem where one is missing: grants are never deleted.
 */
export async function readGrants(
  table: Table,
  ids: readonly string[],
): Promise<Result<readonly Grant[], Unavailable>> {
  const items = await getAll(table, ids.map(grantKey));
  if (!items.ok) return items;
  const found = new Map(items.value.map(readGrant).map((grant) => [grant.id, grant]));
  return ok(
    ids.map((id) => {
      const grant = found.get(id);
      if (grant === undefined) throw new DamagedItem(`the grant ${id}`);
      return grant;
    }),
  );
}
