import type { EntitlementUsage, GrantUsage } from '../../dashboard/api/types.ts';

/** What the API answers of usage, for tests of who reads it. */

export const BLIND = {
  ...{ service: 's3', accounts: ['111122223333'], regions: [] },
  why: 'no trail records data events of AWS::S3::Object',
};

type Action = GrantUsage['actions'][number];

export function usedAction(action: string, changes: Partial<Action> = {}): Action {
  return {
    ...{ action, granted: true, answer: 'used', why: null, whole: false, calls: 3, refused: 1 },
    ...{ first: '2026-11-26T10:00:00.000Z', last: '2026-11-26T10:20:00.000Z' },
    ...{ regions: ['eu-central-1'], via: [], otherResources: 0, unnamedCalls: 0, unproven: 0 },
    resources: [
      { resource: `arn:aws:s3:::acme/${'releases/'.repeat(12)}app.tgz`, calls: 3, refused: 1 },
    ],
    ...changes,
  };
}

const NEVER = {
  ...{ calls: 0, refused: 0, first: null, last: null, regions: [], resources: [] },
} as const;

/** Of a grant whose logs were read. */
export function grantUsageAnswer(grant: string, changes: Partial<GrantUsage> = {}): GrantUsage {
  return {
    ...{ grant, entitlement: 'artifacts-read', state: 'read', changed: false },
    ...{ readAfter: null, readAt: '2026-11-26T11:00:00.000Z', blind: [BLIND] },
    summary: { used: 1, granted: 3, unknown: 1 },
    actions: [
      usedAction('s3:ListBucket'),
      usedAction('s3:GetObject', { ...NEVER, answer: 'unknown', why: BLIND.why }),
      usedAction('s3:GetBucketLocation', { ...NEVER, answer: 'unused' }),
      usedAction('s3:PutObject', { granted: false, calls: 2, refused: 2 }),
    ],
    wanted: [{ action: 's3:PutObject', resource: 'arn:aws:s3:::acme/x', calls: 2, grants: 1 }],
    wantedLeftOut: 0,
    calls: callsMade(),
    ...changes,
  };
}

type Made = NonNullable<GrantUsage['calls']>;

export function callsMade(changes: Partial<Made> = {}): Made {
  return {
    ...{ vends: 1, total: 5, refused: 3, refusedBurst: 2, leftOut: null },
    ...{ first: '2026-11-26T10:00:00.000Z', last: '2026-11-26T10:20:00.000Z' },
    unmapped: [
      { source: 's3.amazonaws.com', name: 'GetSomethingNew', calls: 1, refused: 0, unproven: 0 },
    ],
    networks: [{ network: '192.0.2.0/24', calls: 5, refused: 3 }],
    agents: [{ agent: 'aws-cli', calls: 5, refused: 3 }],
    chained: [{ role: 'arn:aws:iam::111122223333:role/next', calls: 1, refused: 0 }],
    afterEnd: { calls: 0, refused: 0, last: null },
    read: {
      ...{ source: 'files', files: 4, records: 1200, bytes: 90_000, unreadable: 0, duplicates: 2 },
      ...{ from: '2026-11-26T09:45:00.000Z', until: '2026-11-26T10:45:00.000Z' },
    },
    ...changes,
  };
}

/** Of an entitlement with some grants. */
export function entitlementUsageAnswer(changes: Partial<EntitlementUsage> = {}): EntitlementUsage {
  return {
    ...{ entitlement: 'artifacts-read', state: 'on', days: 90, complete: true },
    ...{ from: '2026-08-28T12:00:00.000Z', until: '2026-11-26T12:00:00.000Z' },
    ...{ grants: 12, idle: 4, unread: 0, blind: [BLIND] },
    summary: { used: 1, granted: 3, unknown: 1 },
    actions: [
      {
        ...{ action: 's3:ListBucket', answer: 'used', why: null, whole: true },
        ...{ calls: 30, refused: 2, grants: 8, principals: 2 },
      },
      {
        ...{ action: 's3:GetObject', answer: 'unknown', why: BLIND.why, whole: false },
        ...{ calls: 0, refused: 0, grants: 0, principals: 0 },
      },
      {
        ...{ action: 's3:GetBucketLocation', answer: 'unused', why: null, whole: true },
        ...{ calls: 0, refused: 0, grants: 0, principals: 0 },
      },
    ],
    wanted: [{ action: 's3:PutObject', resource: null, calls: 9, grants: 3 }],
    wantedLeftOut: 0,
    principals: [
      {
        ...{ principal: 'people:ana', name: 'ana@acme.example', grants: 12, idle: 4 },
        ...{ actions: 1, calls: 30, refused: 2, lastUse: '2026-11-26T10:20:00.000Z' },
      },
    ],
    ...changes,
  };
}
