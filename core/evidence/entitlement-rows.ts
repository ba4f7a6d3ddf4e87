import * as z from 'zod/mini';
import { inWords } from '../duration.ts';
import { sha256 } from '../ids.ts';
import { hashOfBundlePath } from '../ledger/bundle-path.ts';
import { err, ok, type Result } from '../result.ts';
import type { BundleInForce } from './bundles-in-force.ts';
import { accountOf } from './event-rows.ts';
import { list, type Row, row } from './tables.ts';

/** What could be asked for, out of the policy bundles that were in force. */

const text = z.string();
const approval = z.object({
  required: z.number(),
  approvers: z.array(text),
  escalateTo: z.array(text),
  escalateAfterSeconds: z.optional(z.number()),
  lapseAfterSeconds: z.number(),
});
const entitlement = z.object({
  id: text,
  title: text,
  risk: text,
  target: text,
  maxDurationSeconds: z.number(),
  breakGlass: z.boolean(),
  approval: z.optional(approval),
});
const policy = z.object({
  id: text,
  effect: z.enum(['permit', 'forbid']),
  head: z.object({ actions: z.nullable(z.array(text)), resource: z.nullable(text) }),
});
const bundle = z.object({
  hash: text,
  entitlements: z.record(text, entitlement),
  policies: z.record(text, policy),
});

/** What evidence needs of a bundle. */
export type BundleFacts = z.infer<typeof bundle>;

export type BundleFault = 'changed' | 'unreadable';

/** Reads the file of a bundle: it has to be the one that its path, and with it the ledger, names. */
export function readBundle(
  { file, bundle: named }: Pick<BundleInForce, 'file' | 'bundle'>,
  bytes: Uint8Array,
): Result<BundleFacts, BundleFault> {
  const content = Buffer.from(bytes).toString('utf8');
  if (sha256(content) !== hashOfBundlePath(file)) return err('changed');
  const read = bundle.safeParse(parsed(content));
  return read.success && read.data.hash === named ? ok(read.data) : err('unreadable');
}

function parsed(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return null;
  }
}

/** @param file Where the export has the bundle. */
export function entitlementRows(
  { entitlements, policies }: BundleFacts,
  { bundle: hash, from, until }: BundleInForce,
  file: string,
): readonly Row[] {
  const all = Object.values(policies);
  return Object.values(entitlements).map((one) => {
    const naming = (effect: Policy['effect'], action: string): string =>
      list(all.filter((each) => each.effect === effect && isAbout(each, action, one.id)).map(idOf));
    return row('entitlements', {
      id: one.id,
      title: one.title,
      risk: one.risk,
      account: accountOf(one.target),
      role: one.target,
      approval: approvalText(one.approval),
      maxDurationSeconds: one.maxDurationSeconds,
      breakGlass: one.breakGlass,
      permits: naming('permit', 'request'),
      permitsAtOnce: naming('permit', 'autoApprove'),
      forbids: naming('forbid', 'request'),
      bundle: hash,
      file,
      inForceFrom: from,
      inForceUntil: until,
    });
  });
}

type Policy = z.infer<typeof policy>;

const idOf = ({ id }: Policy): string => id;

/** Whether a policy can say anything about this action on this entitlement, going by its head. */
function isAbout({ head }: Policy, action: string, id: string): boolean {
  const { actions, resource } = head;
  return (
    (actions === null || actions.includes(action)) &&
    (resource === null || resource === `ValetKey::Entitlement::${id}`)
  );
}

function approvalText(rule: z.infer<typeof approval> | undefined): string {
  if (rule === undefined) return 'nobody can approve it';
  const { required, approvers, escalateTo, escalateAfterSeconds, lapseAfterSeconds } = rule;
  const escalation =
    escalateAfterSeconds === undefined || escalateTo.length === 0
      ? ''
      : `; after ${inWords(escalateAfterSeconds)} also of ${escalateTo.join(', ')}`;
  const lapse = `; lapses after ${inWords(lapseAfterSeconds)}`;
  return `${required} of ${approvers.join(', ')}${escalation}${lapse}`;
}
