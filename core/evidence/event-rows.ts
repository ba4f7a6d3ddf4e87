import { type GrantFacts, isDecided } from './grant-facts.ts';
import {
  actorId,
  type GrantLine,
  isOfGrant,
  type LedgerLine,
  type PrincipalLine,
} from './ledger-line.ts';
import { list, type Row, row } from './tables.ts';

/** The rows that one event makes by itself. */

/** A kill that took longer than this is an exception. */
export const LATE_KILL_SECONDS = 60;

/** @param grant What was known before the event; null where its request is not known. */
export function rowsOf(line: LedgerLine, entry: number, grant: GrantFacts | null): readonly Row[] {
  return isOfGrant(line) ? grantRows(line, entry, grant) : principalRows(line, entry);
}

function grantRows(line: GrantLine, entry: number, grant: GrantFacts | null): readonly Row[] {
  const { sourceIp } = line;
  const place = placeOf(line, entry);
  const whose = ofGrant(line, grant);
  const by = actorId(line.actor);
  const exception = (kind: string, detail: string): Row =>
    row('exceptions', { ...place, ...whose, kind, detail });
  const vote = (what: string, comment: string | null, warning: string | null, voter = line.actor) =>
    row('votes', {
      ...place,
      ...whose,
      about: grant === null || !isDecided(grant) ? 'request' : 'extension',
      vote: what,
      approver: actorId(voter),
      approverName: voter === 'broker' ? null : voter.name,
      comment,
      warning,
      sourceIp,
    });
  const vend = (result: string, reason: string | null, { session }: VendLine): Row => {
    const { roleArn: role, ...rest } = session;
    const account = accountOf(role);
    return row('vends', { ...place, ...whose, result, account, role, ...rest, reason, sourceIp });
  };
  const denial = (what: string, decision: Decision | null, reason: string | null): Row => {
    const { policies = [], advice = [], bundle = null } = decision ?? {};
    const why = { policies: list(policies), bundle, advice: list(advice), reason };
    return row('denials', { ...place, ...whose, what, by, ...why, sourceIp });
  };
  switch (line.type) {
    case 'requested':
      return line.decision.outcome === 'deny' ? [denial('request', line.decision, null)] : [];
    case 'denied':
      return [denial(`request, ${byWhom(line)}`, null, line.reason)];
    case 'extension-denied':
      return [denial('extension', line.decision, null)];
    case 'extension-refused':
      return [denial(`extension, ${byWhom(line)}`, null, line.reason)];
    case 'voted':
      return [
        vote(line.vote, line.comment, line.warning ?? null),
        ...(line.warning === undefined ? [] : [exception('vote-warning', line.warning)]),
        ...(by === grant?.requested.inputs.principal.id ? [exception('own-vote', by)] : []),
      ];
    case 'vote-withdrawn':
      return [vote('withdrawn', line.comment, null)];
    case 'vote-voided':
      return [vote('voided', line.reason, null, line.approver)];
    case 'vended':
      return [vend('vended', null, line)];
    case 'vend-failed':
      return [vend('failed', line.reason, line), exception(line.type, line.reason)];
    case 'outlived':
      return [exception(line.type, line.reason)];
    case 'kill-failed':
      return [exception(line.type, `${line.role}: ${line.reason}`)];
    case 'usage-read':
      return line.afterEnd > 0
        ? [exception('used-after-end', `calls that were not refused: ${line.afterEnd}`)]
        : [];
    case 'revoked':
      return (line.killSeconds ?? 0) > LATE_KILL_SECONDS
        ? [exception('late-kill', `${line.killSeconds} seconds`)]
        : [];
    default:
      return [];
  }
}

type VendLine = Extract<GrantLine, { readonly type: 'vended' | 'vend-failed' }>;
type Decision = Extract<GrantLine, { readonly type: 'requested' }>['decision'];

function principalRows(line: PrincipalLine, entry: number): readonly Row[] {
  const place = placeOf(line, entry);
  const { actor, principalId: principal, reason, sourceIp } = line;
  const name = actor === 'broker' ? null : actor.name;
  switch (line.type) {
    case 'principal-refused': {
      const { call, problem } = line;
      const what = { principal, principalName: name, call, problem, reason, sourceIp };
      return [row('refusals', { ...place, ...what })];
    }
    case 'bundle-deployed':
      return [bundleRow(line, entry, 'from then on')];
    case 'evidence-exported': {
      const { from, until, size, root, manifest } = line;
      const what = { by: actorId(actor), byName: name, from, until, size, root, manifest };
      return [row('exports', { ...place, ...what, sourceIp })];
    }
    // Rows of a whole review: `review-rows.ts`.
    case 'access-review-started':
    case 'access-review-decided':
    case 'access-review-signed':
    // What it was made of has rows already.
    case 'signal-raised':
      return [];
    default: {
      const order = line.type.replace('principal-', '');
      const whose = { principal, by: actorId(actor), byName: name };
      return [row('orders', { ...place, order, ...whose, reason, sourceIp })];
    }
  }
}

export type BundleLine = Extract<PrincipalLine, { readonly type: 'bundle-deployed' }>;

export function bundleRow(line: BundleLine, entry: number, inForce: string): Row {
  const { bundle, file, changes } = line;
  return row('bundles', {
    ...placeOf(line, entry),
    inForce,
    bundle,
    file,
    changes: changes.join('\n'),
  });
}

export function placeOf({ at, id }: Pick<LedgerLine, 'at' | 'id'>, entry: number) {
  return { at, event: id, entry };
}

export function ofGrant(
  { grantId, entitlement }: Pick<GrantLine, 'grantId' | 'entitlement'>,
  grant: GrantFacts | null,
) {
  const { id = UNKNOWN, name = UNKNOWN } = grant?.requested.inputs.principal ?? {};
  return { grant: grantId, entitlement, requester: id, requesterName: name };
}

/** Only in rows of events that came after their grant was over; each has an exception, too. */
const UNKNOWN = 'unknown';

/** The account of a role's ARN. */
export function accountOf(roleArn: string): string {
  return roleArn.split(':')[4] ?? '';
}

/** By those who vote, or by somebody in a chat, who is none of them. */
function byWhom({ actor }: GrantLine): string {
  return actor !== 'broker' && actor.type === 'ChatUser' ? 'in a chat' : 'after votes';
}
