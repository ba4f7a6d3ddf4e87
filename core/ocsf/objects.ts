import { type Actor, BROKER, type ChatUser, type Operator } from '../audit.ts';
import type { Requester } from '../grant.ts';
import { parseRoleArn } from '../role-arn.ts';
import type { OcsfVersion } from './classes.ts';

/** Objects of the schema that several classes have. */

export const PRODUCT = { name: 'Valet Key', vendor_name: 'Valet Key' };

/** A principal; of some, events have the id alone. */
export function userObject(
  of: Requester | Operator | ChatUser | { readonly id: string },
  version: OcsfVersion,
) {
  if (!('type' in of)) return { uid: of.id };
  if (of.type === 'Operator') return { uid: of.id, name: of.name, type_id: 2, type: 'Admin' };
  if (of.type === 'ChatUser') {
    return { uid: of.id, name: of.name, type_id: 99, type: 'Chat user' };
  }
  // 1.5.0 has no number for a service account.
  const service = { type_id: version === '1.5.0' ? 99 : 4, type: 'Service' };
  const type = of.type === 'User' ? { type_id: 1, type: 'User' } : service;
  return { uid: of.id, name: of.name, ...type };
}

/** Who caused an event: a principal, or the broker itself, which 1.9.0 has another place for. */
export function actorObject(actor: Actor, version: OcsfVersion, mfa: boolean | null) {
  const session = mfa === null ? {} : { session: { is_mfa: mfa } };
  if (actor !== BROKER) return { user: userObject(actor, version), ...session };
  if (version === '1.5.0') return { app_name: PRODUCT.name, app_uid: BROKER };
  return { application: { name: PRODUCT.name, uid: BROKER } };
}

export function roleObject(arn: string) {
  const role = parseRoleArn(arn);
  return role === null ? { uid: arn } : { uid: arn, name: role.name, account: awsAccount(role) };
}

/** The cloud in which the event had its effect; the account is that of the role, if the event names one. */
export function cloudObject(roleArn: string | null) {
  const role = roleArn === null ? null : parseRoleArn(roleArn);
  const account = role === null ? {} : { account: awsAccount(role) };
  return { provider: 'AWS', ...account };
}

function awsAccount({ account }: { readonly account: string }) {
  return { uid: account, type_id: 10, type: 'AWS Account' };
}
