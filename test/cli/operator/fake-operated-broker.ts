import { type FakeAnswer, type FakeServer, fakeServer, GRANT } from '../fake-server.ts';

/** A broker that tells its health, at a moment of its own clock. */

const NOW = Date.parse('2026-11-26T12:00:00Z');
const ago = (seconds: number): string => new Date(NOW - seconds * 1000).toISOString();

const ana = { type: 'User', id: 'people:7f3a', name: 'ana@acme.example' };
const SIGNAL = { kind: 'many-denials', principal: ana, at: ago(1320), count: 4 };

export const FIGURES = {
  at: ago(20),
  bundle: 'sha256:f05b3436b839a09ed7716df74d13985d4d65069af9910fda15e5ce33ad8b627e',
  ...{ from: '2026-11-19', to: '2026-11-26', active: 12, pending: 2, suspended: 1 },
  expiringSoon: [
    { id: GRANT.id, requester: ana, entitlement: 'artifacts-read', expiresAt: ago(-60) },
  ],
  timeToRevokeMs: { count: 41, p50: 420, p95: 1900, max: 3100 },
  days: [
    { date: '2026-11-25', allow: 1, approve: 1, deny: 1, vends: 1, revoked: 1, signals: 0 },
    { date: '2026-11-26', allow: 40, approve: 2, deny: 1, vends: 90, revoked: 5, signals: 1 },
  ],
  signals: [SIGNAL],
  breakGlass: { used: 1, reviewsDue: 1, overdue: 0 },
  frozenRoles: [] as readonly string[],
};

const SUSPENDED = { principal: 'people:2b9c', at: ago(900), by: ana, reason: 'left' };

export type Operated = {
  readonly figures?: object;
  readonly checkpointAge?: number | null;
  /** How old the one grant on each page of the list is, in seconds. */
  readonly grantAges?: readonly number[];
  /** What the caller gets from a path instead. */
  readonly instead?: Readonly<Record<string, FakeAnswer>>;
};

export function operatedBroker(state: Operated = {}): Promise<FakeServer> {
  const { figures = {}, checkpointAge = 60, grantAges = [30], instead = {} } = state;
  const checkpoint = { size: 4711, root: 'x', at: ago(checkpointAge ?? 0), note: 'x' };
  const answers: Readonly<Record<string, object>> = {
    '/.well-known/valetkey': { apiVersion: 'v1', issuer: null, clientId: null, audience: null },
    '/v1/stats': { ...FIGURES, ...figures },
    '/v1/audit/checkpoints': {
      checkpoints: checkpointAge === null ? [] : [checkpoint],
      nextCursor: null,
    },
    '/v1/quarantine': { quarantine: null },
    '/v1/principals': { principals: [SUSPENDED], nextCursor: null },
  };
  let pages = 0;
  const nextPage = (): object => {
    const createdAt = ago(grantAges[pages] ?? 0);
    pages += 1;
    const nextCursor = pages < grantAges.length ? 'next' : null;
    return { grants: [{ ...GRANT, createdAt }], nextCursor };
  };
  return fakeServer((line) => {
    const path = line.replace('GET ', '');
    const headers = { date: new Date(NOW).toUTCString() };
    const body = path === '/v1/grants' ? nextPage() : answers[path];
    return { headers, body: body ?? {}, ...instead[path] };
  });
}

export function refusal(status: number, detail: string): FakeAnswer {
  return { status, body: { type: 'urn:x', title: 'x', status, detail } };
}
