import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { ItemKind, RestoredItem } from '../../core/recovery/survey.ts';
import { DamagedItem } from './damaged-item.ts';
import { type Item, readEvent, readGrant } from './items.ts';
import { deniedGrant } from './kill-store.ts';
import { headIn } from './ledger-reads.ts';
import { roleOf } from './role-keys.ts';

/** Every shape that the key of an item has: `docs/storage-schema.md`. */

type Shape = readonly [kind: ItemKind, pk: RegExp, sk: RegExp];

const SHAPES: readonly Shape[] = [
  ['grant', /^GRANT#/, /^GRANT$/],
  ['event', /^GRANT#/, /^EVENT#/],
  ['other', /^GRANT#/, /^WORKFLOW$/],
  ['event', /^TRAIL#/, /^AUDIT#/],
  // Version 0.1 wrote lines here that are no events.
  ['other', /^PRINCIPAL#/, /^AUDIT#/],
  ['suspension', /^PRINCIPAL#/, /^SUSPENSION$/],
  ['other', /^PRINCIPAL#/, /^SUSPENSION#(HEAD|\d\d)$/],
  ['other', /^PRINCIPAL#/, /^(KEY|GRANT|BEGUN|DENIED|LAPSED|CANCELLED|CAST|REFUSED)#/],
  ['other', /^PRINCIPAL#/, /^(WAITING|VOTED|REVIEW)#/],
  ['other', /^(COUNT|CROWD|SIGNALS|CHAT|CHATCOUNT|CHATPRESS|STATS)#/, /./],
  ['other', /^(SUSPENSIONS|ORDERS|EXTENSIONS|ACCESSREVIEWS)$/, /#/],
  ['deny', /^ROLE#/, /^DENY#/],
  ['other', /^ROLE#/, /^(OPEN#|SWITCH$|CUTOFF$|FREEZE$|FREEZE#(HEAD|\d\d)$)/],
  ['other', /^QUARANTINE$/, /^RECORD$/],
  ['other', /^RECOVERY$/, /^STATE$/],
  ['other', /^RECOVERY#/, /^ROLE#/],
  ['other', /^LISTING$/, /^(SUSPENSIONS|GRANTS)$/],
  ['other', /^BUNDLE$/, /^APPLIED$/],
  ['other', /^STATS$/, /^(HEAD$|DAY#)/],
  ['other', /^USAGE$/, /^(DUE#|BEGUN$)/],
  ['other', /^USAGE#/, /#/],
  ['head', /^LEDGER$/, /^HEAD$/],
  ['other', /^LEDGER$/, /^(DEPLOYED$|CHECKED$|RECOVERY$|BATCH#)/],
  ['place', /^LEDGER#/, /^PLACE$/],
  ['other', /^ACCESSREVIEW#/, /^(REVIEW$|ITEM#)/],
];

/** The kind of an item with this key; null where no version of the broker writes such a key. */
export function kindOf(pk: string, sk: string): ItemKind | null {
  return SHAPES.find(([, first, second]) => first.test(pk) && second.test(sk))?.[0] ?? null;
}

/** Reads an item as the broker would. Faults name the shape of a key, and no id. */
export function restoredItem(item: Item): RestoredItem {
  const [pk, sk] = [item['pk']?.S ?? '', item['sk']?.S ?? ''];
  const kind = kindOf(pk, sk);
  if (kind === null) return { kind: 'unknown', what: `the key ${wordOf(pk)} ${wordOf(sk)}` };
  try {
    return read(kind, item, { pk, sk });
  } catch {
    return { kind: 'damaged', what: `an item of the kind ${kind}` };
  }
}

/** @throws where the item cannot be read. */
function read(kind: ItemKind, item: Item, { pk, sk }: { pk: string; sk: string }): RestoredItem {
  switch (kind) {
    case 'grant':
      readGrant(item);
      return { kind };
    case 'event':
      if (!isEvent(readEvent(item))) throw new DamagedItem('an event');
      return { kind };
    case 'deny': {
      const deny = deniedGrant(sk.slice('DENY#'.length), unmarshall(item));
      if (![deny.at, deny.until].every(Number.isFinite)) throw new DamagedItem('a deny');
      return { kind, role: roleOf(pk), deny };
    }
    case 'head':
      return { kind, tree: headIn(item) };
    default:
      return { kind };
  }
}

function isEvent({ id, type, at }: { readonly id: unknown; type: unknown; at: unknown }): boolean {
  return typeof id === 'string' && typeof type === 'string' && typeof at === 'number';
}

/** What stands before the first #: the rest may be an id. */
function wordOf(key: string): string {
  return (/^[A-Z]{1,20}(?=#|$)/.exec(key)?.[0] ?? '?') + (key.includes('#') ? '#…' : '');
}
