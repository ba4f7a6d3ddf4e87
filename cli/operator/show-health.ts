import { secondsBetween } from '../../core/instant.ts';
import { type Concern, rounded } from '../../core/stats/broker-health.ts';
import { count, plain, type Terminal } from '../terminal.ts';
import { VERSION } from '../version.ts';
import type { Figures } from './answers.ts';
import type { Health, Unread } from './read-health.ts';

/** Prints the health of a broker for people. */

type Shown = {
  readonly url: string;
  readonly health: Health;
  readonly concerns: readonly Concern[];
  /** Whether the caller may read all that can need a person. */
  readonly known: boolean;
};

type Row = readonly [name: string, text: string];

export function showHealth(out: Terminal, { url, health, concerns, known }: Shown): void {
  const { apiVersion, figures } = health;
  const rows: readonly Row[] = [
    ['broker', `${url}  API ${apiVersion}, command ${VERSION}`],
    ...(figures.ok ? figureRows(figures.value, health) : [unread('figures', figures.error)]),
    ledgerRow(health),
    ['suspended', suspendedText(health)],
    ...(figures.ok ? signalRows(figures.value, health) : []),
  ];
  for (const [name, text] of rows) {
    out.print(`${out.paint('bold', name.padEnd(10))} ${plain(text)}`);
  }
  out.print('');
  for (const { detail, runbook } of concerns) {
    out.print(`${out.paint('red', '✗')} ${plain(detail)}`);
    out.print(`  What to do: ${runbook}`);
  }
  if (!known) out.print(`${out.paint('yellow', '!')} ${UNKNOWN}`);
  else if (concerns.length === 0) out.print(`${out.paint('green', '✓')} Nothing needs a person.`);
}

const UNKNOWN = 'What was not read may need a person: ask somebody who may audit.';

/** The broker lists no more. */
const MOST_EXPIRING = 20;

function figureRows(figures: Figures, { now }: Health): readonly Row[] {
  const { at, bundle, active, pending, expiringSoon, days, breakGlass, frozenRoles } = figures;
  const { allow, approve, deny, vends } = days.at(-1) ?? {
    allow: 0,
    approve: 0,
    deny: 0,
    vends: 0,
  };
  const soon = `${expiringSoon.length}${expiringSoon.length < MOST_EXPIRING ? '' : ' or more'}`;
  const counted = Date.parse(at) <= 0 ? 'nothing counted yet' : `until ${timeAgo(at, now)}`;
  return [
    ['bundle', bundle ?? 'not said by this version of the broker'],
    ['figures', counted],
    ['grants', `${active} active, ${pending} pending, ${soon} expiring soon`],
    [
      'today',
      `${allow} allowed at once, ${approve} needed approval, ${deny} denied; ${count(vends, 'vend')}`,
    ],
    ['revoked in', revokeText(figures)],
    ['frozen', frozenRoles.length === 0 ? 'no role' : frozenRoles.join(', ')],
    ['reviews', `${breakGlass.reviewsDue} due, ${breakGlass.overdue} overdue`],
  ];
}

function revokeText({ timeToRevokeMs, from }: Figures): string {
  const { count: measured, p50, p95, max } = timeToRevokeMs;
  if (measured === 0) return `nothing measured since ${from}`;
  return `p50 ${milliseconds(p50)}, p95 ${milliseconds(p95)}, max ${milliseconds(max)} (${measured} since ${from})`;
}

function milliseconds(value: number | null): string {
  if (value === null) return 'unknown';
  return value < 1000 ? `${value} ms` : `${(value / 1000).toFixed(1)} s`;
}

function ledgerRow({ ledger, now }: Health): Row {
  if (!ledger.ok) return unread('ledger', ledger.error);
  const { entries, signedAt } = ledger.value;
  const signed =
    signedAt === null ? 'no checkpoint' : `signed ${rounded(secondsBetween(signedAt, now))} ago`;
  return ['ledger', `${entries} ${entries === 1 ? 'entry' : 'entries'}, ${signed}`];
}

function suspendedText({ suspended, figures }: Health): string {
  const total = figures.ok ? figures.value.suspended : null;
  if (total === 0) return 'nobody';
  if (!suspended.ok) {
    return total === null ? notShown(suspended.error) : `${total}; who: ${suspended.error.why}`;
  }
  const names = suspended.value.principals.map(({ principal }) => principal);
  const more = suspended.value.nextCursor === null ? [] : ['…'];
  if (names.length === 0) return 'nobody';
  return `${total === null ? '' : `${total}: `}${[...names, ...more].join(', ')}`;
}

const MOST_SIGNALS = 5;

function signalRows({ signals }: Figures, { now }: Health): readonly Row[] {
  if (signals.length === 0) return [['signals', 'none']];
  return signals.slice(0, MOST_SIGNALS).map(({ kind, principal, at, count: times }, index) => {
    const who = `${principal.name} (${principal.id})`;
    return [index === 0 ? 'signals' : '', `${kind} of ${who}, ${times}×, ${timeAgo(at, now)}`];
  });
}

function timeAgo(at: string, now: number): string {
  return `${at} (${rounded(Math.max(0, secondsBetween(Date.parse(at), now)))} ago)`;
}

function unread(name: string, error: Unread): Row {
  return [name, notShown(error)];
}

function notShown({ why }: Unread): string {
  return `not shown: ${why}`;
}
