import type { Key } from './keys.ts';

/** What the table keeps by target role: its kill switch, the denies on it, and whether it is frozen. */

/** Exists while the role vends nothing because its kill switch cannot be written; vends check its gates. */
export function freezeKey(roleArn: string): Key {
  return { pk: `ROLE#${roleArn}`, sk: 'FREEZE' };
}

/** A grant whose sessions the role must deny. */
export function denyKey(roleArn: string, grantId: string): Key {
  return { pk: `ROLE#${roleArn}`, sk: `DENY#${grantId}` };
}

/** Exists while the grant has rightful sessions on the role, or may still get them. */
export function openOnRoleKey(roleArn: string, grantId: string): Key {
  return { pk: `ROLE#${roleArn}`, sk: `OPEN#${grantId}` };
}

/** The role's kill switch as it was last read back, and the lease of its writer. */
export function switchKey(roleArn: string): Key {
  return { pk: `ROLE#${roleArn}`, sk: 'SWITCH' };
}

/** Until when sessions of the role are denied, whatever their grant. */
export function cutoffKey(roleArn: string): Key {
  return { pk: `ROLE#${roleArn}`, sk: 'CUTOFF' };
}

/** The role of a partition key. */
export function roleOf(pk: string): string {
  return pk.slice('ROLE#'.length);
}
