import { randomBytes } from 'node:crypto';
import {
  type AuditEvent,
  BROKER,
  brokerItself,
  type ChatUser,
  eventOf,
  type Happening,
  type PrincipalEvent,
} from '../../core/audit.ts';
import type { Bundle } from '../../core/bundle/bundle.ts';
import { canonicalJson } from '../../core/canonical-json.ts';
import { collect } from '../../core/evidence/collect.ts';
import { type Period, periodOf } from '../../core/evidence/period.ts';
import { sampleOf } from '../../core/evidence/sample.ts';
import { TABLES, type TableName } from '../../core/evidence/tables.ts';
import type { Grant, Requester } from '../../core/grant.ts';
import { newEventId, sha256 } from '../../core/ids.ts';
import { bundlePath } from '../../core/ledger/bundle-path.ts';
import { entryOf } from '../../core/ledger/entry.ts';
import { activeGrant, ROLE, requestedEvent } from './sample-grants.ts';

/** Trails as the ledger has them, for exports of evidence. */

export type TrailEvent = AuditEvent | PrincipalEvent;

export const ANA: Requester = { type: 'User', id: 'people:ana', name: 'ana@acme.example' };
export const BEN: Requester = { type: 'User', id: 'people:ben', name: 'ben@acme.example' };

/** `time('20T10:00:00')` is in November 2026. */
export const time = (text: string): number => Date.parse(`2026-11-${text}Z`);

export const SESSION = {
  roleArn: ROLE,
  sessionName: 'vk_session',
  sourceIdentity: 'ana-0.gr_0',
  durationSeconds: 900,
};

const by = (actor: Requester | ChatUser) => ({ actor, requestId: 'r-1', sourceIp: '10.0.0.1' });

export type Asked = {
  readonly outcome?: Grant['decision']['outcome'];
  readonly startsInSeconds?: number;
  readonly justification?: string;
  readonly grant?: Partial<Grant>;
};

/** The trail of one grant of ana's. */
export function trailOf(at: number, asked: Asked = {}) {
  const { outcome = 'allow', startsInSeconds = 0, justification = 'Roll back 4711' } = asked;
  const statuses = { allow: 'active', approve: 'pending', deny: 'denied' } as const;
  const grant = activeGrant({ requester: ANA, ...asked.grant });
  const status = startsInSeconds > 0 && outcome === 'allow' ? 'scheduled' : statuses[outcome];
  const first = requestedEvent({
    ...grant,
    status,
    decision: { outcome, policies: ['p', 'q'], advice: ['Ask less.'], bundle: 'sha256:1' },
  });
  if (first.type !== 'requested') throw new Error('never');
  const facts = { ...first.inputs.facts, now: at, startsInSeconds, justification, mfa: true };
  const requested: TrailEvent = { ...first, at, inputs: { ...first.inputs, facts } };
  return {
    id: grant.id,
    requested,
    /** What somebody, or the broker itself, does then. */
    next: (
      happening: Happening,
      when: number,
      newStatus: Grant['status'] = 'active',
      actor: Requester | ChatUser | null = null,
    ): TrailEvent => {
      const whose = actor === null ? brokerItself('r-2') : by(actor);
      return eventOf({ ...grant, status: newStatus }, happening, whose, when, randomBytes);
    },
  };
}

type PrincipalHappening =
  | { readonly type: 'principal-suspended' | 'principal-resumed' | 'principal-revoked' }
  | { readonly type: 'principal-refused'; readonly call: string; readonly problem: string };

export function orderAbout(
  principalId: string,
  happening: PrincipalHappening,
  at: number,
  actor: Requester,
): TrailEvent {
  return {
    id: newEventId(randomBytes),
    at,
    principalId,
    reason: 'a reason',
    ...by(actor),
    ...happening,
  };
}

export function deployed(
  bundle: string,
  at: number,
  changes: readonly string[],
  file = `bundle/${bundle}.json`,
): TrailEvent {
  return {
    id: newEventId(randomBytes),
    at,
    principalId: BROKER,
    reason: '',
    ...brokerItself('r-3'),
    ...{ type: 'bundle-deployed', bundle, file, changes },
  };
}

/** The deployment of a bundle, and the file that the broker then has beside those of the ledger. */
export function deployment(bundle: Bundle, at: number, changes: readonly string[]) {
  const bytes = Buffer.from(canonicalJson(bundle));
  const file = bundlePath(sha256(bytes.toString()));
  return { event: deployed(bundle.hash, at, changes, file), file, bytes };
}

export const entryBytesOf = (event: TrailEvent): Uint8Array => entryOf(event, 'events').bytes;

export function period(firstDay: string, lastDay = firstDay): Period {
  const found = periodOf(`2026-11-${firstDay}`, `2026-11-${lastDay}`);
  if (!found.ok) throw new Error(found.error);
  return found.value;
}

export type Records = Readonly<Record<TableName, readonly Readonly<Record<string, unknown>>[]>>;

/** The rows of all tables, by the names of their columns. */
export function exported(of: Period, events: readonly TrailEvent[], sample = sampleOf(0, '')) {
  const collector = collect(of, sample);
  const taken = events.map((event, index) => {
    const one = collector.take(entryBytesOf(event), index);
    if (!one.ok) throw new Error(JSON.stringify(one.error));
    return one.value;
  });
  const all = [...taken.flatMap(({ rows }) => rows), ...collector.end()];
  const names = Object.keys(TABLES) as TableName[];
  const tables = names.map((name) => {
    const columns: readonly string[] = TABLES[name];
    const own = all.filter(({ table }) => table === name);
    const records = own.map(({ cells }) =>
      Object.fromEntries(columns.map((column, at) => [column, cells[at]])),
    );
    return [name, records];
  });
  return {
    tables: Object.fromEntries(tables) as unknown as Records,
    coverage: collector.coverage(),
    bundles: collector.bundles(),
    events: taken.flatMap(({ event }) => (event === null ? [] : [event])),
  };
}
